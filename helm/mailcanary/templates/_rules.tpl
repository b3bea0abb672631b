{{- /* files/rules.yaml with the values in their places. */ -}}
{{- define "mailcanary.rules" -}}
{{- $values := .Values.prometheusRule -}}
{{- $selector := default (printf "job=%q,namespace=%q" (include "mailcanary.fullname" .) .Release.Namespace) $values.selector -}}
{{- $text := .Files.Get "files/rules.yaml" | replace "SELECTOR" $selector | replace "LATENESS_SECONDS" (toString $values.scheduleLatenessSeconds) | replace "CERTIFICATE_WARN_DAYS" (toString $values.certificateDays.warn) | replace "CERTIFICATE_PAGE_DAYS" (toString $values.certificateDays.page) -}}
{{- $groups := list -}}
{{- range $group := (fromYaml $text).groups -}}
{{- $rules := list -}}
{{- range $rule := $group.rules -}}
{{- if not (has $rule.alert $values.disabled) -}}
{{- $severity := index $values.severities $rule.labels.severity -}}
{{- $rule = set $rule "labels" (merge (dict "severity" $severity) $values.alertLabels) -}}
{{- if $values.runbookUrl -}}
{{- $_ := set $rule.annotations "runbook_url" (printf "%s%s" $values.runbookUrl (lower $rule.alert)) -}}
{{- end -}}
{{- $rules = append $rules $rule -}}
{{- end -}}
{{- end -}}
{{- if $rules -}}
{{- $groups = append $groups (dict "name" $group.name "rules" $rules) -}}
{{- end -}}
{{- end -}}
{{- toYaml (dict "groups" $groups) -}}
{{- end -}}

{{- /* The names of all alerts, as a JSON list. */ -}}
{{- define "mailcanary.alertNames" -}}
{{- $names := list -}}
{{- range (.Files.Get "files/rules.yaml" | fromYaml).groups -}}
{{- range .rules -}}
{{- $names = append $names .alert -}}
{{- end -}}
{{- end -}}
{{- toJson $names -}}
{{- end -}}
