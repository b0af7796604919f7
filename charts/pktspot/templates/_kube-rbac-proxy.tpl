{{- define "pktspot.kubeRbacProxy" -}}
{{- $proxy := .Values.kubeRbacProxy -}}
- name: kube-rbac-proxy
  image: {{ include "pktspot.image" (dict "root" . "image" $proxy.image "tag" "") | quote }}
  imagePullPolicy: {{ $proxy.image.pullPolicy }}
  args:
    - --secure-listen-address={{ include "pktspot.hostAddress" . }}:{{ .Values.listen.port }}
    - --upstream=http://{{ include "pktspot.listenAddress" . }}/
    {{- with $proxy.extraArgs }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  env:
    - name: HOST_IP
      valueFrom:
        fieldRef:
          fieldPath: status.hostIP
  ports:
    - name: metrics
      containerPort: {{ .Values.listen.port }}
      protocol: TCP
  resources:
    {{- toYaml $proxy.resources | nindent 4 }}
  securityContext:
    runAsUser: 65532
    runAsGroup: 65532
    runAsNonRoot: true
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities:
      drop: [ALL]
{{- end -}}
