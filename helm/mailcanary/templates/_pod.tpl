{{- define "mailcanary.pod" -}}
metadata:
  labels:
    {{- include "mailcanary.selectorLabels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "mailcanary.serviceAccountName" . }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  dnsPolicy: {{ .Values.dnsPolicy }}
  {{- with .Values.dnsConfig }}
  dnsConfig:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "mailcanary.spread" . }}
  topologySpreadConstraints:
    {{- . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- toYaml .Values.podSecurityContext | nindent 4 }}
  {{- with .Values.initContainers }}
  initContainers:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: mailcanary
      image: {{ include "mailcanary.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: [serve, --probes, /etc/mailcanary/probes, --port, "8080"]
      workingDir: /var/lib/mailcanary
      securityContext:
        {{- toYaml .Values.securityContext | nindent 8 }}
      env:
        - name: POD_IP
          valueFrom: { fieldRef: { fieldPath: status.podIP } }
        - name: MAILCANARY_LOG
          value: {{ .Values.logLevel | upper }}
        - name: MAILCANARY_LOG_FORMAT
          value: {{ .Values.logFormat }}
        {{- with .Values.javaOptions }}
        - name: JDK_JAVA_OPTIONS
          value: {{ . | quote }}
        {{- end }}
        {{- with include "mailcanary.tokenSecret" . }}
        - name: MAILCANARY_READ_TOKEN_SHA256
          valueFrom: { secretKeyRef: { name: {{ . }}, key: read-token-sha256 } }
        - name: MAILCANARY_ACT_TOKEN_SHA256
          valueFrom: { secretKeyRef: { name: {{ . }}, key: act-token-sha256 } }
        {{- end }}
        {{- if include "mailcanary.onPostgresql" . }}
        {{- with .Values.postgresql }}
        - name: DATASOURCES_DEFAULT_URL
          valueFrom: { secretKeyRef: { name: {{ .existingSecret }}, key: {{ .urlKey }} } }
        - name: DATASOURCES_DEFAULT_USERNAME
          valueFrom: { secretKeyRef: { name: {{ .existingSecret }}, key: {{ .usernameKey }} } }
        - name: DATASOURCES_DEFAULT_PASSWORD_FILE
          value: /run/mailcanary/database/password
        {{- end }}
        {{- end }}
        {{- range .Values.openid }}
        - name: MICRONAUT_SECURITY_OAUTH2_CLIENTS_{{ upper .name }}_CLIENT_ID
          value: {{ .clientId | quote }}
        - name: MICRONAUT_SECURITY_OAUTH2_CLIENTS_{{ upper .name }}_CLIENT_SECRET_FILE
          value: /run/mailcanary/openid/{{ .name }}
        - name: MICRONAUT_SECURITY_OAUTH2_CLIENTS_{{ upper .name }}_OPENID_ISSUER
          value: {{ .issuer | quote }}
        {{- end }}
        {{- with .Values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .Values.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - { name: http, containerPort: 8080, protocol: TCP }
        {{- range .Values.receiverPorts }}
        - { name: {{ .name }}, containerPort: {{ .port }}, protocol: TCP }
        {{- end }}
      startupProbe:
        {{- include "mailcanary.health" "liveness" | nindent 8 }}
        {{- toYaml .Values.startupProbe | nindent 8 }}
      livenessProbe:
        {{- include "mailcanary.health" "liveness" | nindent 8 }}
        {{- toYaml .Values.livenessProbe | nindent 8 }}
      readinessProbe:
        {{- include "mailcanary.health" "readiness" | nindent 8 }}
        {{- toYaml .Values.readinessProbe | nindent 8 }}
      {{- with .Values.lifecycle }}
      lifecycle:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - { name: data, mountPath: /var/lib/mailcanary/data }
        - { name: tmp, mountPath: /tmp }
        - { name: probes, mountPath: /etc/mailcanary/probes, readOnly: true }
        {{- if .Values.signingKeys }}
        - { name: signing-keys, mountPath: /run/mailcanary/signing-keys, readOnly: true }
        {{- end }}
        {{- if include "mailcanary.onPostgresql" . }}
        - { name: database, mountPath: /run/mailcanary/database, readOnly: true }
        {{- end }}
        {{- if .Values.openid }}
        - { name: openid, mountPath: /run/mailcanary/openid, readOnly: true }
        {{- end }}
        {{- range $index, $secret := .Values.secrets }}
        - { name: secret-{{ $index }}, mountPath: {{ default (printf "/run/secrets/%s" $secret.secretName) $secret.mountPath }}, readOnly: true }
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    {{- with .Values.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    - name: tmp
      emptyDir: { sizeLimit: 256Mi }
    - name: probes
      projected:
        sources:
          - configMap:
              name: {{ default (printf "%s-probes" (include "mailcanary.fullname" .)) .Values.probes.existingConfigMap }}
          - configMap:
              name: {{ include "mailcanary.fullname" . }}-service
    {{- if include "mailcanary.onPostgresql" . }}
    - name: database
      secret:
        secretName: {{ .Values.postgresql.existingSecret }}
        defaultMode: 0440
        items: [{ key: {{ .Values.postgresql.passwordKey }}, path: password }]
    {{- end }}
    {{- with .Values.signingKeys }}
    - name: signing-keys
      projected:
        defaultMode: 0440
        sources:
          {{- range . }}
          - secret:
              name: {{ .secretName }}
              items: [{ key: {{ .key }}, path: {{ .id }} }]
          {{- end }}
    {{- end }}
    {{- with .Values.openid }}
    - name: openid
      projected:
        defaultMode: 0440
        sources:
          {{- range . }}
          - secret:
              name: {{ .secretName }}
              items: [{ key: {{ default "client-secret" .key }}, path: {{ .name }} }]
          {{- end }}
    {{- end }}
    {{- range $index, $secret := .Values.secrets }}
    - name: secret-{{ $index }}
      secret:
        secretName: {{ $secret.secretName }}
        defaultMode: 0440
        {{- with $secret.items }}
        items:
          {{- toYaml . | nindent 10 }}
        {{- end }}
    {{- end }}
    {{- if include "mailcanary.onPostgresql" . }}
    - name: data
      emptyDir: {}
    {{- else if not .Values.persistence.enabled }}
    - name: data
      emptyDir: {}
    {{- else if .Values.persistence.existingClaim }}
    - name: data
      persistentVolumeClaim: { claimName: {{ .Values.persistence.existingClaim }} }
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- /* The kubelet would name the pod by its address, which is fine too, but is not known to be there on every address family. */ -}}
{{- define "mailcanary.health" -}}
httpGet:
  path: /health/{{ . }}
  port: http
  httpHeaders: [{ name: Host, value: localhost }]
{{- end -}}

{{- define "mailcanary.spread" -}}
{{- $all := .Values.topologySpreadConstraints -}}
{{- if and (not $all) (gt (int .Values.replicas) 1) -}}
{{- $all = list (dict "maxSkew" 1 "topologyKey" "kubernetes.io/hostname" "whenUnsatisfiable" "ScheduleAnyway") -}}
{{- end -}}
{{- $labels := include "mailcanary.selectorLabels" . | fromYaml -}}
{{- $constraints := list -}}
{{- range $all -}}
{{- $constraints = append $constraints (merge (deepCopy .) (dict "labelSelector" (dict "matchLabels" $labels))) -}}
{{- end -}}
{{- if $constraints -}}
{{- toYaml $constraints -}}
{{- end -}}
{{- end -}}
