package io.mailcanary.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailcanary.chart.Chart.Rendered;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What Helm makes of the chart, and what it refuses.
class ChartTest {
  @Test
  void helmsOwnLintHasNothingToSay() {
    assertThat(Chart.lint())
        .satisfies(lint -> assertThat(lint.isFailed()).as("%s", lint.getMessages()).isFalse());
    assertThat(Chart.lint().getMessages()).noneMatch(said -> said.contains("[WARNING]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "replicas: 1                                                  | there is nothing to watch",
        "probes: { files: { a.yaml: {} }, existingConfigMap: b }      | exclude each other",
        "probes: { files: { a.txt: {} } }                             | \"a.txt\" is no name of a probe file",
        "probes: { files: { a.yaml: { service: {} } } }               | move its keys to the value 'settings'",
        "probes: { files: { a.yaml: 'service: {}' } }                 | move its keys to the value 'settings'",
        "probes: { files: { a.yaml: 'a: [' } }                        | a.yaml is no YAML",
        "probes: { files: { mailcanary-service.yaml: {} } }           | the chart's own file",
      })
  void probeFilesThatCannotWorkAreRefused(String values, String words) {
    assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "replicas: 2 | 2 replicas need PostgreSQL: set postgresql.existingSecret, or replicas: 1 for the embedded database",
        "postgresql: { existingSecret: db } | needs the same key to know its canaries by",
        "signingKeys: [{ id: k, secretName: a, key: a }, { id: k, secretName: a, key: b }] | two with the id \"k\"",
        "tokens: { create: false } | nobody could read anything",
        "settings: { people: [{ claim: groups, value: mail, rights: [read] }] } | nobody vouches for them",
        "openid: [{ name: a, issuer: 'https://a.example', clientId: b, secretName: c }] | set settings.base-url",
        "openid: [{ name: a, issuer: 'https://a.example', clientId: b, secretName: c }, { name: a, issuer: 'https://a.example', clientId: b, secretName: c }] | two with the name \"a\"",
        "openid: [{ name: A-b, issuer: 'https://a.example', clientId: b, secretName: c }] | does not match pattern",
        "settings: { signing-keys: [] } | use the value 'signingKeys'",
        "tokens: { create: false }, settings: { tokens: [{ name: a, sha256: '${T}', rights: [read] }] }, serviceMonitor: { enabled: true } | Prometheus would be refused",
        "ingress: { enabled: true } | an ingress needs a host",
        "receiverPorts: [{ name: a, port: 8080 }] | port 8080 is taken already",
        "receiverPorts: [{ name: a, port: 25 }] | port 25 cannot be had without privileges",
        "prometheusRule: { disabled: [MailcanaryPathFalling] } | there is no alert \"MailcanaryPathFalling\": there are MailcanaryWatchdog, ",
        "replica: 2 | additional properties 'replica' not allowed",
        "replicas: two | got string, want integer",
        "dnsPolicy: None | missing property 'nameservers'",
        "dnsPolicy: default | value must be one of 'ClusterFirst'",
        "settings: { metrics-from: [monitoring] } | does not match pattern",
      })
  void whatCannotWorkIsRefusedInWords(String values, String words) {
    String complete = "{ probes: { existingConfigMap: mine }, %s }".formatted(values);
    assertThatThrownBy(() -> Chart.render(complete)).hasMessageContaining(words);
  }

  @Test
  void onTheEmbeddedDatabaseThereAreNeverTwoPodsAndItsVolumeOutlivesThem() {
    Rendered rendered = Chart.render(ValueSets.DEFAULT);
    JsonNode set = rendered.one("StatefulSet");
    assertThat(set.at("/spec/replicas").asInt()).isEqualTo(1);
    JsonNode claim = set.at("/spec/volumeClaimTemplates/0");
    assertThat(claim.at("/metadata/name").asText()).isEqualTo("data");
    assertThat(claim.at("/spec/resources/requests/storage").asText()).isEqualTo("8Gi");
    assertThat(mount(rendered, "data")).isEqualTo("/var/lib/mailcanary/data");
    assertThat(rendered.all("PodDisruptionBudget")).isEmpty();
    assertThat(environment(rendered)).doesNotContain("DATASOURCES_DEFAULT_URL");
  }

  @Test
  void itsVolumeMayBeAnotherOrNone() {
    assertThat(volume(ValueSets.DEFAULT + "persistence: { existingClaim: mine }", "data"))
        .isEqualTo("{\"name\":\"data\",\"persistentVolumeClaim\":{\"claimName\":\"mine\"}}");
    assertThat(volume(ValueSets.DEFAULT + "persistence: { enabled: false }", "data"))
        .isEqualTo("{\"name\":\"data\",\"emptyDir\":{}}");
  }

  @Test
  void onPostgresqlThereMayBeManyAndTheNewStandsBeforeTheOldGoes() {
    Rendered rendered = Chart.render(ValueSets.POSTGRESQL);
    JsonNode deployment = rendered.one("Deployment");
    assertThat(deployment.at("/spec/replicas").asInt()).isEqualTo(3);
    assertThat(deployment.at("/spec/strategy/rollingUpdate/maxUnavailable").asInt(9)).isZero();
    for (String key : List.of("URL", "USERNAME")) {
      JsonNode variable = variable(rendered, "DATASOURCES_DEFAULT_" + key);
      assertThat(variable.at("/valueFrom/secretKeyRef/name").asText()).isEqualTo("database");
      assertThat(variable.at("/valueFrom/secretKeyRef/key").asText())
          .isEqualTo(key.toLowerCase(java.util.Locale.ROOT));
    }
    assertThat(variable(rendered, "DATASOURCES_DEFAULT_PASSWORD_FILE").path("value").asText())
        .isEqualTo(mount(rendered, "database") + "/password");
    assertThat(volume(ValueSets.POSTGRESQL, "database"))
        .contains("\"secretName\":\"database\"")
        .contains("{\"key\":\"password\",\"path\":\"password\"}");
    assertThat(rendered.one("PodDisruptionBudget").at("/spec/maxUnavailable").asInt()).isEqualTo(1);
    JsonNode spread = rendered.podSpec().at("/topologySpreadConstraints/0");
    assertThat(spread.path("topologyKey").asText()).isEqualTo("kubernetes.io/hostname");
    assertThat(spread.at("/labelSelector/matchLabels"))
        .isEqualTo(deployment.at("/spec/selector/matchLabels"));
    assertThat(mount(rendered, "signing-keys")).isEqualTo("/run/mailcanary/signing-keys");
  }

  @ParameterizedTest
  @MethodSource("io.mailcanary.chart.ValueSets#all")
  void thePodMayDoNothingThatItNeedNot(String values) {
    Rendered rendered = Chart.render(values);
    JsonNode pod = rendered.podSpec();
    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(rendered.one("ServiceAccount").path("automountServiceAccountToken").asBoolean(true))
        .isFalse();
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.at("/securityContext/runAsUser").asInt()).isPositive();
    assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    JsonNode container = rendered.container().path("securityContext");
    assertThat(container.path("readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(container.at("/capabilities/drop").toString()).isEqualTo("[\"ALL\"]");
    assertThat(container.at("/capabilities/add").isMissingNode()).isTrue();
    assertThat(pod.toString()).doesNotContain("hostPath", "hostNetwork", "hostPID", "privileged");
  }

  @Test
  void theKubeletAsksForHealthUnderANameThatIsAlwaysOurs() {
    Rendered rendered = Chart.render(ValueSets.DEFAULT);
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      JsonNode get = rendered.container().path(probe).path("httpGet");
      assertThat(get.path("path").asText())
          .isEqualTo(probe.equals("readinessProbe") ? "/health/readiness" : "/health/liveness");
      assertThat(get.path("port").asText()).isEqualTo("http");
      assertThat(get.at("/httpHeaders/0").toString())
          .isEqualTo("{\"name\":\"Host\",\"value\":\"localhost\"}");
    }
    assertThat(rendered.podSpec().path("terminationGracePeriodSeconds").asInt()).isEqualTo(45);
  }

  @Test
  void secretsAreFilesAndNeverEnvironmentBesideTheDatabase() {
    Rendered rendered =
        Chart.render(
            ValueSets.PROBES
                + """
                secrets: [{ secretName: campus }, { secretName: hosted, mountPath: /run/secrets/elsewhere, items: [{ key: pw, path: password }] }]
                """);
    assertThat(mount(rendered, "secret-0")).isEqualTo("/run/secrets/campus");
    assertThat(mount(rendered, "secret-1")).isEqualTo("/run/secrets/elsewhere");
    assertThat(environment(rendered))
        .containsExactlyInAnyOrder(
            "POD_IP",
            "MAILCANARY_LOG",
            "MAILCANARY_LOG_FORMAT",
            "MAILCANARY_READ_TOKEN_SHA256",
            "MAILCANARY_ACT_TOKEN_SHA256");
  }

  @Test
  void peopleComeByAProviderWhoseSecretIsAFile() {
    Rendered rendered =
        Chart.render(
            ValueSets.DEFAULT
                + """
                tokens: { create: false }
                settings: { base-url: https://mailcanary.example, people: [{ claim: groups, value: mail, rights: [read, act] }] }
                openid: [{ name: campus, issuer: https://login.example, clientId: mailcanary, secretName: login }]
                """);
    String prefix = "MICRONAUT_SECURITY_OAUTH2_CLIENTS_CAMPUS_";
    assertThat(variable(rendered, prefix + "CLIENT_ID").path("value").asText())
        .isEqualTo("mailcanary");
    assertThat(variable(rendered, prefix + "OPENID_ISSUER").path("value").asText())
        .isEqualTo("https://login.example");
    assertThat(variable(rendered, prefix + "CLIENT_SECRET_FILE").path("value").asText())
        .isEqualTo(mount(rendered, "openid") + "/campus");
    assertThat(rendered.podSpec().toString())
        .contains(
            "{\"name\":\"login\",\"items\":[{\"key\":\"client-secret\",\"path\":\"campus\"}]}");
    assertThat(rendered.one("ConfigMap", "mailcanary-service").toString())
        .contains("claim: groups");
  }

  @Test
  void theServiceTakesSmtpWhereReceiversOfOurOwnListen() {
    JsonNode service =
        Chart.render(ValueSets.EVERYTHING).one("Service", "mailcanary-receivers").path("spec");
    assertThat(service.path("ports").toString())
        .contains("\"port\":25,", "\"targetPort\":\"smtp-in\"", "\"port\":2424,");
    assertThat(service.path("externalTrafficPolicy").asText()).isEqualTo("Local");
  }

  @Test
  void aPolicyOfTheNetworkLetsInWhoWasNamedAndOutToMailAlone() {
    JsonNode policy = Chart.render(ValueSets.EVERYTHING).one("NetworkPolicy").path("spec");
    assertThat(policy.path("policyTypes").toString()).isEqualTo("[\"Ingress\",\"Egress\"]");
    assertThat(policy.at("/ingress/0/from").toString()).contains("monitoring");
    assertThat(policy.at("/ingress/1/from").toString()).contains("192.0.2.0/24");
    assertThat(policy.at("/egress/1/ports").findValuesAsText("port")).contains("25", "993", "443");
    JsonNode alone =
        Chart.render(ValueSets.DEFAULT + "networkPolicy: { enabled: true }\n")
            .one("NetworkPolicy")
            .path("spec");
    assertThat(alone.at("/ingress/0/from").toString()).isEqualTo("[{\"podSelector\":{}}]");
  }

  @Test
  void prometheusComesWithTheReadToken() {
    JsonNode endpoint =
        Chart.render(ValueSets.DEFAULT + "serviceMonitor: { enabled: true }\n")
            .one("ServiceMonitor")
            .at("/spec/endpoints/0");
    assertThat(endpoint.path("path").asText()).isEqualTo("/metrics");
    assertThat(endpoint.at("/authorization/credentials").toString())
        .isEqualTo("{\"name\":\"mailcanary-tokens\",\"key\":\"read-token\"}");
  }

  @Test
  void theMonitorSelectsThePageAlone() {
    Rendered rendered = Chart.render(ValueSets.EVERYTHING);
    JsonNode wanted = rendered.one("ServiceMonitor").at("/spec/selector/matchLabels");
    List<String> selected =
        rendered.all("Service").stream()
            .filter(service ->
                StreamSupport.stream(((Iterable<String>) wanted::fieldNames).spliterator(), false)
                    .allMatch(label ->
                        wanted
                            .path(label)
                            .equals(service.path("metadata").path("labels").path(label))))
            .map(service -> service.at("/metadata/name").asText())
            .toList();
    assertThat(selected).containsExactly("mailcanary");
  }

  @Test
  void theNotesSayWhatIsUnsafe() {
    assertThat(Chart.notes(ValueSets.DEFAULT))
        .contains("an embedded database on a volume of 8Gi", "get secret mailcanary-tokens")
        .doesNotContain("WARNING");
    assertThat(Chart.notes(ValueSets.POSTGRESQL)).contains("PostgreSQL, shared by 3 replica(s)");
    assertThat(
            Chart.notes(
                ValueSets.DEFAULT
                    + """
                    persistence: { enabled: false }
                    settings: { public-read: true, metrics-from: [10.0.0.0/8] }
                    ingress: { enabled: true, hosts: [{ host: a.example }] }
                    """))
        .contains(
            "GONE WITH THE POD",
            "everybody may read /metrics",
            "or the ingress reads all of it",
            "the key that signs canaries is gone");
  }

  @Test
  void namesStayWithinWhatKubernetesTakes() {
    Rendered rendered =
        Chart.render(ValueSets.EVERYTHING + "fullnameOverride: " + "long-".repeat(20) + "\n");
    assertThat(rendered.manifests())
        .allSatisfy(one -> assertThat(one.at("/metadata/name").asText()).hasSizeBetween(1, 63));
  }

  @Test
  void eachValueIsExplainedAndInTheSchema() throws Exception {
    List<String> lines = Files.readAllLines(Chart.FOLDER.resolve("values.yaml"));
    assertThat(lines.getFirst()).startsWith("#");
    JsonNode values = Chart.parse(String.join("\n", lines)).getFirst();
    JsonNode schema =
        new com.fasterxml.jackson.databind.ObjectMapper()
            .readTree(Chart.FOLDER.resolve("values.schema.json").toFile());
    values
        .fieldNames()
        .forEachRemaining(key -> assertThat(schema.path("properties").has(key)).as(key).isTrue());
  }

  @Test
  void theImageIsThatOfThisVersion() throws Exception {
    Matcher version =
        Pattern.compile("<artifactId>mailcanary</artifactId>\\s*<version>([^<]+)</version>")
            .matcher(Files.readString(Path.of("pom.xml")));
    assertThat(version.find()).isTrue();
    assertThat(Chart.render(ValueSets.DEFAULT).container().path("image").asText())
        .isEqualTo("mailcanary:" + version.group(1));
  }

  private static String volume(String values, String name) {
    for (JsonNode volume : Chart.render(values).podSpec().path("volumes")) {
      if (volume.path("name").asText().equals(name)) {
        return volume.toString();
      }
    }
    return "";
  }

  private static String mount(Rendered rendered, String volume) {
    for (JsonNode mount : rendered.container().path("volumeMounts")) {
      if (mount.path("name").asText().equals(volume)) {
        return mount.path("mountPath").asText();
      }
    }
    return "";
  }

  private static JsonNode variable(Rendered rendered, String name) {
    for (JsonNode variable : rendered.container().path("env")) {
      if (variable.path("name").asText().equals(name)) {
        return variable;
      }
    }
    throw new AssertionError("no variable " + name);
  }

  private static List<String> environment(Rendered rendered) {
    return rendered.container().path("env").findValuesAsText("name").stream()
        .filter(name -> name.equals(name.toUpperCase(java.util.Locale.ROOT)))
        .toList();
  }
}
