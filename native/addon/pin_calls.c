/* SPDX-License-Identifier: Apache-2.0 */
/* Pins as JavaScript finds them: what a folder holds, whose it is, and the notes beside it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "../gen/layout.h"
#include "bpf_calls.h"
#include "source.h"

/* struct bpf_link_info of XDP and tcx links; build machines' headers may not know tcx. */
struct link_info {
	u32 type;
	u32 id;
	u32 program;
	u32 unused;
	u32 ifindex; /* 0: the interface is gone */
	u32 others[5];
};

static int describe(int object, void *info, u32 bytes)
{
	union bpf_attr attr = {0};

	attr.info.bpf_fd = (u32)object;
	attr.info.info_len = bytes;
	attr.info.info = (u64)(unsigned long)info;
	return bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

static int read_first(int map, void *value)
{
	u32 key = 0;
	union bpf_attr attr = {.map_fd = (u32)map, .key = (u64)(unsigned long)&key, .value = (u64)(unsigned long)value};

	return bpf(BPF_MAP_LOOKUP_ELEM, &attr);
}

struct found {
	struct link_info link;
	struct bpf_map_info tables, layout_map;
	struct layout layout;
};

static int find(const char *folder, struct found *found, struct failure *failure)
{
	int link = pinned(folder, "link"), tables = pinned(folder, "tables"), layout = pinned(folder, "layout");
	int wrong = link < 0 || tables < 0 || layout < 0 || describe(link, &found->link, sizeof(found->link)) ||
		    describe(tables, &found->tables, sizeof(found->tables)) ||
		    describe(layout, &found->layout_map, sizeof(found->layout_map));

	if (!wrong && found->layout_map.value_size != sizeof(found->layout)) {
		errno = EINVAL;
		wrong = 1;
	}
	if (wrong || read_first(layout, &found->layout))
		fail(failure, "BPF_OBJ_GET", errno);
	if (link >= 0)
		close(link);
	if (tables >= 0)
		close(tables);
	if (layout >= 0)
		close(layout);
	return failure->step ? -1 : 0;
}

/* Whether a value is a path; throws when it is none. */
static int get_path(napi_env env, napi_value value, char path[PATH_MAX])
{
	get_text(env, value, path, PATH_MAX);
	if (!path[0] && !has_failed(env))
		napi_throw_type_error(env, NULL, "expected a path");
	return !has_failed(env);
}

/* readPins(folder): {ifindex, hook, cpus, bits, seed, frags, raw} of the source that is pinned there */
static napi_value read_pins(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], result, seed;
	struct failure failure = {0};
	struct found found = {0};
	char folder[PATH_MAX];

	get_arguments(env, info, arguments);
	if (!get_path(env, arguments[0], folder))
		return NULL;
	if (find(folder, &found, &failure))
		return throw_failure(env, &failure);
	napi_create_object(env, &result);
	napi_create_bigint_uint64(env, found.layout.seed, &seed);
	set(env, result, "ifindex", make_u32(env, found.link.ifindex));
	set(env, result, "hook", make_u32(env, found.layout.hook));
	set(env, result, "cpus", make_u32(env, found.tables.max_entries));
	set(env, result, "bits", make_u32(env, found.layout.hyperloglog_bits));
	set(env, result, "seed", seed);
	set(env, result, "frags", make_u32(env, found.layout.frags));
	set(env, result, "raw", make_u32(env, found.layout.raw));
	return result;
}

/* pinnedNotes(folder): a copy of the notes that are pinned there */
static napi_value pinned_notes(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], buffer = NULL;
	struct failure failure = {0};
	struct bpf_map_info map = {0};
	char folder[PATH_MAX];
	void *bytes;
	int notes;

	get_arguments(env, info, arguments);
	if (!get_path(env, arguments[0], folder))
		return NULL;
	notes = pinned(folder, "notes");
	if (notes < 0 || describe(notes, &map, sizeof(map)))
		fail(&failure, "BPF_OBJ_GET", errno);
	else if (!napi_create_buffer(env, map.value_size, &bytes, &buffer) && read_first(notes, bytes))
		fail(&failure, "BPF_MAP_LOOKUP_ELEM", errno);
	if (notes >= 0)
		close(notes);
	return failure.step ? throw_failure(env, &failure) : buffer;
}

/* lockFolder(path): a descriptor; as long as it is open no other process can lock the folder */
static napi_value lock_folder(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct failure failure = {0};
	char path[PATH_MAX];
	int folder;

	get_arguments(env, info, arguments);
	if (!get_path(env, arguments[0], path))
		return NULL;
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0) {
		fail(&failure, "open", errno);
		return throw_failure(env, &failure);
	}
	if (flock(folder, LOCK_EX | LOCK_NB)) {
		fail(&failure, "flock", errno);
		close(folder);
		return throw_failure(env, &failure);
	}
	return make_u32(env, (u32)folder);
}

/* layoutVersion(): a digest of all that pinned memory and the programs on it are laid out by */
static napi_value layout_version(napi_env env, napi_callback_info info)
{
	(void)info;
	return make_string(env, LAYOUT_VERSION);
}

/* Notes of the source (slot 0) or of a group; throws and returns NULL when there are none or they end before. */
static struct notes *notes_at(napi_env env, const napi_value *arguments, size_t *from, size_t bytes)
{
	struct source *source = get_source(env, arguments[0]);
	u32 slot = get_u32(env, arguments[1]);
	struct notes *notes = NULL;

	*from = get_u32(env, arguments[2]);
	if (!source || has_failed(env))
		return NULL;
	if (source->loaded && !slot)
		notes = &source->loaded->notes;
	else if (source->loaded && slot < PROGRAMS && source->groups[slot])
		notes = &source->groups[slot]->loaded.notes;
	if (notes && notes->memory && *from + bytes <= notes->bytes)
		return notes;
	napi_throw_range_error(env, NULL, "no such notes, or no room in them");
	return NULL;
}

/* readNotes(source, slot, from, into) */
static napi_value read_notes(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct notes *notes;
	size_t from, bytes = 0;
	void *into;

	get_arguments(env, info, arguments);
	into = get_bytes(env, arguments[3], &bytes);
	notes = into || !bytes ? notes_at(env, arguments, &from, bytes) : NULL;
	if (notes && bytes)
		memcpy(into, notes->memory + from, bytes);
	return undefined(env);
}

/* writeNotes(source, slot, at, bytes) */
static napi_value write_notes(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct notes *notes;
	size_t at, bytes = 0;
	const void *from;

	get_arguments(env, info, arguments);
	from = get_bytes(env, arguments[3], &bytes);
	notes = from || !bytes ? notes_at(env, arguments, &at, bytes) : NULL;
	if (notes && bytes)
		memcpy(notes->memory + at, from, bytes);
	return undefined(env);
}

/* notesBytes(source, slot): room for notes; 0 where there are none */
static napi_value notes_bytes(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source;
	struct group *group;
	u32 slot;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	slot = get_u32(env, arguments[1]);
	if (!source || !source->loaded || slot >= PROGRAMS)
		return make_u32(env, 0);
	group = source->groups[slot];
	if (slot)
		return make_u32(env, group ? (u32)group->loaded.notes.bytes : 0);
	return make_u32(env, (u32)source->loaded->notes.bytes);
}

void init_pins(napi_env env, napi_value exports)
{
	set_function(env, exports, "readPins", read_pins);
	set_function(env, exports, "pinnedNotes", pinned_notes);
	set_function(env, exports, "lockFolder", lock_folder);
	set_function(env, exports, "layoutVersion", layout_version);
	set_function(env, exports, "readNotes", read_notes);
	set_function(env, exports, "writeNotes", write_notes);
	set_function(env, exports, "notesBytes", notes_bytes);
}
