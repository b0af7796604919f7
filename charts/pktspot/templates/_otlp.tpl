{{/* Variables of OpenTelemetry, and the resource by the downward API. */}}
{{- define "pktspot.otlpEnv" -}}
{{- $otlp := .Values.otlp -}}
{{- $attributes := list "k8s.node.name=$(NODE_NAME)" "k8s.namespace.name=$(POD_NAMESPACE)" "k8s.pod.name=$(POD_NAME)" "k8s.pod.uid=$(POD_UID)" (printf "k8s.daemonset.name=%s" (include "pktspot.fullname" .)) -}}
{{- with $otlp.clusterName -}}
{{- $attributes = append $attributes (printf "k8s.cluster.name=%s" (include "pktspot.encoded" .)) -}}
{{- end -}}
{{- range $name, $value := $otlp.resourceAttributes -}}
{{- $attributes = append $attributes (printf "%s=%s" $name (include "pktspot.encoded" $value)) -}}
{{- end -}}
{{- range $name, $path := dict "NODE_NAME" "spec.nodeName" "POD_NAME" "metadata.name" "POD_NAMESPACE" "metadata.namespace" "POD_UID" "metadata.uid" }}
- name: {{ $name }}
  valueFrom:
    fieldRef:
      fieldPath: {{ $path }}
{{- end }}
- name: PKTSPOT_OTLP_ENABLED
  value: "true"
{{- with $otlp.endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
- name: OTEL_EXPORTER_OTLP_PROTOCOL
  value: {{ $otlp.protocol }}
- name: OTEL_METRIC_EXPORT_INTERVAL
  value: {{ printf "%v" $otlp.interval | quote }}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: {{ join "," $attributes | quote }}
{{- with $otlp.headersSecret.name }}
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: {{ $otlp.headersSecret.key }}
{{- end }}
{{- end -}}

{{/* The value of an attribute, %-encoded. */}}
{{- define "pktspot.encoded" -}}
{{- printf "%v" . | urlquery | replace "+" "%20" -}}
{{- end -}}
