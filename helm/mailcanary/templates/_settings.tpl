{{- /* The service section: what the values say, and what a pod needs. */ -}}
{{- define "mailcanary.settings" -}}
{{- $fullname := include "mailcanary.fullname" . -}}
{{- $settings := omit .Values.settings "hosts" "tokens" -}}
{{- range $key := list "base-url" "people" "site" "metrics-from" "tracing" "retain" -}}
{{- if not (index $settings $key) -}}
{{- $settings = omit $settings $key -}}
{{- end -}}
{{- end -}}
{{- /* Prometheus asks for the pod by its address. */ -}}
{{- $hosts := list "${POD_IP}" $fullname (printf "%s.%s" $fullname .Release.Namespace) (printf "%s.%s.svc" $fullname .Release.Namespace) (printf "%s.%s.svc.%s" $fullname .Release.Namespace .Values.clusterDomain) -}}
{{- if .Values.ingress.enabled -}}
{{- range .Values.ingress.hosts -}}
{{- $hosts = append $hosts .host -}}
{{- end -}}
{{- end -}}
{{- $settings = set $settings "hosts" (concat $hosts .Values.settings.hosts | uniq) -}}
{{- $tokens := list -}}
{{- if include "mailcanary.tokenSecret" . -}}
{{- $tokens = list (dict "name" "read" "sha256" "${MAILCANARY_READ_TOKEN_SHA256}" "rights" (list "read")) (dict "name" "act" "sha256" "${MAILCANARY_ACT_TOKEN_SHA256}" "rights" (list "read" "act")) -}}
{{- end -}}
{{- with concat $tokens .Values.settings.tokens -}}
{{- $settings = set $settings "tokens" . -}}
{{- end -}}
{{- with .Values.signingKeys -}}
{{- $keys := list -}}
{{- range . -}}
{{- $keys = append $keys (dict "id" .id "secret-file" (printf "/run/mailcanary/signing-keys/%s" .id)) -}}
{{- end -}}
{{- $settings = set $settings "signing-keys" $keys -}}
{{- end -}}
{{- toYaml (dict "service" $settings) -}}
{{- end -}}
