{{/* How a monitor scrapes; takes the chart's root, the monitor's values and whether it is a ServiceMonitor. */}}
{{- define "pktspot.endpoint" -}}
{{- $proxy := .root.Values.kubeRbacProxy.enabled -}}
- port: metrics
  path: {{ include "pktspot.telemetryPath" .root }}
  scheme: {{ or $proxy (include "pktspot.tls" .root) | empty | ternary "http" "https" }}
  honorLabels: false
  {{- with .monitor.interval }}
  interval: {{ . }}
  {{- end }}
  {{- with .monitor.scrapeTimeout }}
  scrapeTimeout: {{ . }}
  {{- end }}
  {{- if .monitor.tlsConfig }}
  tlsConfig:
    {{- toYaml .monitor.tlsConfig | nindent 4 }}
  {{- else if $proxy }}
  tlsConfig:
    insecureSkipVerify: true
  {{- end }}
  {{- with .monitor.basicAuth }}
  basicAuth:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .monitor.authorization }}
  authorization:
    {{- toYaml .monitor.authorization | nindent 4 }}
  {{- else if and $proxy .service }}
  bearerTokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
  {{- end }}
  {{- with .monitor.relabelings }}
  relabelings:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .monitor.metricRelabelings }}
  metricRelabelings:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
