{{- define "pktspot.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "pktspot.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "pktspot.selectorLabels" -}}
app.kubernetes.io/name: {{ include "pktspot.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "pktspot.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "pktspot.podLabels" . }}
{{- end -}}

{{/* Labels of pods: none that changes with the chart alone, which would replace all pods. */}}
{{- define "pktspot.podLabels" -}}
{{ include "pktspot.selectorLabels" . }}
app.kubernetes.io/part-of: pktspot
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Whole reference of an image; takes the chart's root, the image's values and the tag that is taken when none is set. */}}
{{- define "pktspot.image" -}}
{{- $registry := default .image.registry .root.Values.global.imageRegistry -}}
{{- $name := empty $registry | ternary .image.repository (printf "%s/%s" $registry .image.repository) -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $name .image.digest -}}
{{- else -}}
{{- printf "%s:%v" $name (default .tag .image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "pktspot.pullSecrets" -}}
{{- $secrets := list -}}
{{- range concat .Values.global.imagePullSecrets .Values.imagePullSecrets -}}
{{- $secrets = append $secrets (kindIs "string" . | ternary (dict "name" .) .) -}}
{{- end -}}
{{- if $secrets -}}
imagePullSecrets:
{{- toYaml (uniq $secrets) | nindent 2 }}
{{- end -}}
{{- end -}}

{{- define "pktspot.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "pktspot.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "pktspot.telemetryPath" -}}
{{- dig "web" "telemetry_path" "/metrics" .Values.settings -}}
{{- end -}}

{{/* Where pktspot itself listens; flags and probes must agree. */}}
{{- define "pktspot.listenOn" -}}
{{- .Values.kubeRbacProxy.enabled | ternary "loopback" .Values.listen.at -}}
{{- end -}}

{{- define "pktspot.hostAddress" -}}
{{- .Values.listen.ipv6 | ternary "[$(HOST_IP)]" "$(HOST_IP)" -}}
{{- end -}}

{{- define "pktspot.listenAddress" -}}
{{- $hosts := dict "loopback" "127.0.0.1" "all" "" "hostIP" (include "pktspot.hostAddress" .) -}}
{{- printf "%s:%v" (get $hosts (include "pktspot.listenOn" .)) .Values.listen.port -}}
{{- end -}}

{{- define "pktspot.hasWebConfig" -}}
{{- if or .Values.webConfig.config .Values.webConfig.existingSecret -}}true{{- end -}}
{{- end -}}

{{- define "pktspot.webSecret" -}}
{{- default (printf "%s-web" (include "pktspot.fullname" .)) .Values.webConfig.existingSecret -}}
{{- end -}}

{{- define "pktspot.tls" -}}
{{- if or .Values.webConfig.config.tls_server_config .Values.webConfig.tls -}}true{{- end -}}
{{- end -}}

{{/* Whether the server asks a client for a password or a certificate, and how. */}}
{{- define "pktspot.asks" -}}
{{- $client := dig "tls_server_config" "client_auth_type" "" .Values.webConfig.config -}}
{{- if or .Values.webConfig.asks .Values.webConfig.config.basic_auth_users (has $client (list "RequireAnyClientCert" "RequireAndVerifyClientCert")) -}}true{{- end -}}
{{- end -}}

{{/* Whether the server asks for a client certificate, which no probe has. */}}
{{- define "pktspot.asksCertificate" -}}
{{- if has (dig "tls_server_config" "client_auth_type" "" .Values.webConfig.config) (list "RequireAnyClientCert" "RequireAndVerifyClientCert") -}}true{{- end -}}
{{- end -}}

{{/* How the kubelet and `helm test` ask: httpGet, or tcpSocket where the server would refuse them. */}}
{{- define "pktspot.probedBy" -}}
{{- if or (include "pktspot.asksCertificate" .) (and (include "pktspot.asks" .) (not .Values.probes.headers)) -}}
tcpSocket
{{- else -}}
httpGet
{{- end -}}
{{- end -}}

{{/* A probe's handler; takes the chart's root and the path. */}}
{{- define "pktspot.probe" -}}
{{- $loopback := eq (include "pktspot.listenOn" .root) "loopback" -}}
{{- if eq (include "pktspot.probedBy" .root) "httpGet" -}}
httpGet:
  path: {{ .path }}
  port: {{ .root.Values.listen.port }}
  scheme: {{ include "pktspot.tls" .root | empty | ternary "HTTP" "HTTPS" }}
  {{- if $loopback }}
  host: 127.0.0.1
  {{- end }}
  {{- with .root.Values.probes.headers }}
  httpHeaders:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- else -}}
tcpSocket:
  port: {{ .root.Values.listen.port }}
  {{- if $loopback }}
  host: 127.0.0.1
  {{- end }}
{{- end -}}
{{- end -}}

{{/* Says what contradicts itself; the schema has what is wrong by itself. */}}
{{- define "pktspot.check" -}}
{{- $own := dict "state.directory" "state.type" "otlp.enabled" "otlp.enabled" "web.listen_address" "listen" "web.config_file" "webConfig" "web.systemd_socket" "listen" -}}
{{- range $path, $value := $own -}}
{{- $parts := splitList "." $path -}}
{{- $section := get $.Values.settings (first $parts) -}}
{{- if and (kindIs "map" $section) (hasKey $section (last $parts)) -}}
{{- fail (printf "settings.%s: the chart sets it by the value %s" $path $value) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.existingConfigMap.name .Values.settings -}}
{{- fail "settings and existingConfigMap.name: set one of them" -}}
{{- end -}}
{{- if and .Values.webConfig.config .Values.webConfig.existingSecret -}}
{{- fail "webConfig.config and webConfig.existingSecret: set one of them" -}}
{{- end -}}
{{- if and .Values.webConfig.tlsSecret (not (include "pktspot.hasWebConfig" .)) -}}
{{- fail "webConfig.tlsSecret: is used by webConfig.config or webConfig.existingSecret, and neither is set" -}}
{{- end -}}
{{- if and (or .Values.webConfig.tls .Values.webConfig.asks) (not .Values.webConfig.existingSecret) -}}
{{- fail "webConfig.tls and webConfig.asks: say what webConfig.existingSecret has, which is not set" -}}
{{- end -}}
{{- if and .Values.kubeRbacProxy.enabled (include "pktspot.hasWebConfig" .) -}}
{{- fail "kubeRbacProxy.enabled: the proxy speaks plain HTTP to pktspot, so leave webConfig out" -}}
{{- end -}}
{{- if and .Values.kubeRbacProxy.enabled (ne .Values.listen.at "hostIP") -}}
{{- fail "kubeRbacProxy.enabled: the proxy listens on the node's address, so leave listen.at at hostIP" -}}
{{- end -}}
{{- if and (eq .Values.listen.at "loopback") (or .Values.serviceMonitor.enabled .Values.podMonitor.enabled) -}}
{{- fail "listen.at: Prometheus cannot reach loopback; use hostIP, kubeRbacProxy.enabled or otlp.enabled" -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled .Values.podMonitor.enabled -}}
{{- fail "serviceMonitor.enabled and podMonitor.enabled: every series would be scraped twice; enable one" -}}
{{- end -}}
{{- if and .Values.podMonitor.enabled .Values.kubeRbacProxy.enabled (not .Values.podMonitor.authorization) -}}
{{- fail "podMonitor.authorization: kubeRbacProxy asks for a token; name a Secret with one, or use serviceMonitor" -}}
{{- end -}}
{{- end -}}
