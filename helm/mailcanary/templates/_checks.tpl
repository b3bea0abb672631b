{{- /* What cannot work is refused before anything is made. */ -}}
{{- define "mailcanary.checks" -}}
{{- $probes := .Values.probes -}}
{{- if and (not $probes.files) (not $probes.existingConfigMap) -}}
{{- fail "probes: there is nothing to watch: put probe files into probes.files, or name a ConfigMap that holds them in probes.existingConfigMap" -}}
{{- end -}}
{{- if and $probes.files $probes.existingConfigMap -}}
{{- fail "probes: files and existingConfigMap exclude each other: give one of them" -}}
{{- end -}}
{{- range $name, $content := $probes.files -}}
{{- if not (regexMatch "^[A-Za-z0-9_][A-Za-z0-9._-]*\\.ya?ml$" $name) -}}
{{- fail (printf "probes.files: %q is no name of a probe file: expected NAME.yaml" $name) -}}
{{- end -}}
{{- if eq $name "mailcanary-service.yaml" -}}
{{- fail "probes.files: mailcanary-service.yaml is the chart's own file: choose another name" -}}
{{- end -}}
{{- $sections := $content -}}
{{- if kindIs "string" $content -}}
{{- $sections = fromYaml $content -}}
{{- if hasKey $sections "Error" -}}
{{- fail (printf "probes.files: %s is no YAML: %s" $name (index $sections "Error")) -}}
{{- end -}}
{{- end -}}
{{- if hasKey $sections "service" -}}
{{- fail (printf "probes.files: %s has a service section, which the chart writes: move its keys to the value 'settings'" $name) -}}
{{- end -}}
{{- end -}}
{{- $postgresql := include "mailcanary.onPostgresql" . -}}
{{- if and (gt (int .Values.replicas) 1) (not $postgresql) -}}
{{- fail (printf "replicas: %d replicas need PostgreSQL: set postgresql.existingSecret, or replicas: 1 for the embedded database, which one process alone can have open" (int .Values.replicas)) -}}
{{- end -}}
{{- if and $postgresql (not .Values.signingKeys) -}}
{{- fail "signingKeys: on PostgreSQL every replica and every restart needs the same key to know its canaries by: make one (kubectl create secret generic mailcanary-signing --from-literal=k1=\"$(openssl rand -base64 32)\") and set signingKeys: [{ id: k1, secretName: mailcanary-signing, key: k1 }]" -}}
{{- end -}}
{{- $ids := list -}}
{{- range .Values.signingKeys -}}
{{- if has .id $ids -}}
{{- fail (printf "signingKeys: there are two with the id %q: each needs an id of its own, and a retired id is never used again" .id) -}}
{{- end -}}
{{- $ids = append $ids .id -}}
{{- end -}}
{{- $providers := list -}}
{{- range .Values.openid -}}
{{- if has .name $providers -}}
{{- fail (printf "openid: there are two with the name %q: each needs one of its own" .name) -}}
{{- end -}}
{{- $providers = append $providers .name -}}
{{- end -}}
{{- if and .Values.settings.people (not .Values.openid) -}}
{{- fail "settings.people: nobody vouches for them: name a provider in 'openid'" -}}
{{- end -}}
{{- if and .Values.openid (not (index .Values.settings "base-url")) -}}
{{- fail "openid: the provider has to know where people come back to: set settings.base-url to what they open the page by" -}}
{{- end -}}
{{- $open := or (index .Values.settings "public-read") (include "mailcanary.tokenSecret" .) .Values.settings.tokens .Values.openid -}}
{{- if not $open -}}
{{- fail "tokens: nobody could read anything: leave tokens.create at true, name a Secret in tokens.existingSecret, give settings.tokens or openid, or set settings.public-read: true" -}}
{{- end -}}
{{- if hasKey .Values.settings "signing-keys" -}}
{{- fail "settings.signing-keys: the chart writes it: use the value 'signingKeys', which names Secrets" -}}
{{- end -}}
{{- if .Values.serviceMonitor.enabled -}}
{{- $scrapes := or (index .Values.settings "public-read") (include "mailcanary.tokenSecret" .) .Values.serviceMonitor.authorization (index .Values.settings "metrics-from") -}}
{{- if not $scrapes -}}
{{- fail "serviceMonitor: Prometheus would be refused: give serviceMonitor.authorization, settings.metrics-from or tokens.existingSecret" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
{{- fail "ingress.hosts: an ingress needs a host: mailcanary answers to names that it knows alone" -}}
{{- end -}}
{{- $ports := list 8080 -}}
{{- range .Values.receiverPorts -}}
{{- if has (int .port) $ports -}}
{{- fail (printf "receiverPorts: port %d is taken already: each receiver, and the page at 8080, needs one of its own" (int .port)) -}}
{{- end -}}
{{- if lt (int .port) 1024 -}}
{{- fail (printf "receiverPorts: port %d cannot be had without privileges: listen on one from 1024 on, and give %d as its servicePort" (int .port) (int .port)) -}}
{{- end -}}
{{- $ports = append $ports (int .port) -}}
{{- end -}}
{{- range .Values.prometheusRule.disabled -}}
{{- if not (has . (include "mailcanary.alertNames" $ | fromJsonArray)) -}}
{{- fail (printf "prometheusRule.disabled: there is no alert %q: there are %s" . (include "mailcanary.alertNames" $ | fromJsonArray | join ", ")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
