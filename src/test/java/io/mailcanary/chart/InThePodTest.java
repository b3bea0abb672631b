package io.mailcanary.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailcanary.app.Server;
import io.mailcanary.chart.Chart.Rendered;
import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.lab.ScriptedSmtpServer;
import io.mailcanary.path.Secret;
import io.mailcanary.runtime.ServiceSettings;
import io.mailcanary.store.DatabaseSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The probe files that a pod gets, in the service itself: who gets in, and who does not.
@Timeout(120)
class InThePodTest {
  private static final String POD = "10.1.2.3";
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void theKubeletAndPrometheusGetInAndNobodyElseReads() throws Exception {
    Rendered rendered = Chart.render(values(""));
    try (ScriptedSmtpServer relay = ScriptedSmtpServer.script().start();
        Server server = serve(rendered, POD, relay)) {
      String read = token(rendered, "read-token");
      String act = token(rendered, "act-token");
      // Without a name server it is not ready, but it says so to everybody.
      assertThat(status(server, "GET", "/health/readiness", "localhost", "")).isIn(200, 503);
      assertThat(status(server, "GET", "/health/liveness", "localhost", "")).isEqualTo(200);
      assertThat(status(server, "GET", "/metrics", POD + ":8080", read)).isEqualTo(200);
      assertThat(status(server, "GET", "/metrics", POD + ":8080", "")).isEqualTo(401);
      assertThat(status(server, "GET", "/api/v1/status", "mailcanary.mail.svc", "")).isEqualTo(401);
      assertThat(status(server, "GET", "/api/v1/status", "mailcanary.mail.svc", read))
          .isEqualTo(200);
      assertThat(status(server, "GET", "/api/v1/status", "localhost:8080", read)).isEqualTo(200);
      assertThat(status(server, "PUT", "/api/v1/paths/p/pause", "localhost", read)).isEqualTo(403);
      assertThat(status(server, "PUT", "/api/v1/paths/p/pause", "localhost", act)).isEqualTo(204);
      assertThat(status(server, "GET", "/api/v1/status", "10.9.9.9", read)).isEqualTo(421);
      assertThat(status(server, "GET", "/api/v1/status", "rebound.example", read)).isEqualTo(421);
    }
  }

  @Test
  void onAClusterOfIpv6ThePodIsKnownByItsAddressToo() throws Exception {
    Rendered rendered = Chart.render(values("settings: { listen: \"::\" }\n"));
    try (ScriptedSmtpServer relay = ScriptedSmtpServer.script().start();
        Server server = serve(rendered, "fd00::7", relay)) {
      String read = token(rendered, "read-token");
      assertThat(status(server, "GET", "/metrics", "[fd00::7]:8080", read)).isEqualTo(200);
      assertThat(status(server, "GET", "/metrics", "[fd00::8]:8080", read)).isEqualTo(421);
    }
  }

  @Test
  void aChangedConfigMapIsReadWithoutARestart() throws Exception {
    try (ScriptedSmtpServer relay = ScriptedSmtpServer.script().start();
        Server server = serve(Chart.render(values("")), POD, relay)) {
      assertThat(server.service().plan().paths()).containsOnlyKeys("p");
      Map<String, String> changed = files(Chart.render(values("").replace("{ p:", "{ q:")), relay);
      mount(changed, "second");
      await().atMost(SOON).until(() -> server.service().plan().paths().containsKey("q"));
    }
  }

  @Test
  void whatTheValuesSayIsWhatTheServiceReads() throws Exception {
    Rendered rendered = Chart.render(ValueSets.EVERYTHING);
    Path keys = Files.createDirectories(directory.resolve("keys"));
    Map<String, String> files = new HashMap<>();
    for (String id : List.of("k1", "k0")) {
      Files.writeString(keys.resolve(id), "a secret of bytes enough");
    }
    Files.writeString(keys.resolve("password"), "swordfish");
    data(rendered)
        .forEach((name, text) ->
            files.put(
                name,
                text.replace("/run/mailcanary/signing-keys", keys.toString())
                    .replace("/run/secrets/hosted", keys.toString())));
    Reading reading = ProbeFolder.read(mount(files, "first"), environment(rendered, POD));
    assertThat(reading).isInstanceOf(Reading.Valid.class);
    ServiceSettings settings = ((Reading.Valid) reading).plan().service();
    assertThat(settings.listen()).isEqualTo("0.0.0.0");
    assertThat(settings.hosts())
        .containsExactly(
            POD,
            "mailcanary",
            "mailcanary.mail",
            "mailcanary.mail.svc",
            "mailcanary.mail.svc.cluster.local",
            "mailcanary.example",
            "probe.example",
            "mail-probe.example");
    assertThat(settings.tokens())
        .extracting(ServiceSettings.Token::name)
        .containsExactly("read", "act", "grafana");
    assertThat(settings.people()).extracting(ServiceSettings.Person::value).containsExactly("mail");
    assertThat(settings.signingKeys()).extracting(key -> key.id()).containsExactly("k1", "k0");
    assertThat(settings.site()).isEqualTo("north");
    assertThat(settings.baseUrl()).contains("https://mailcanary.example");
    assertThat(settings.metricsFrom()).containsExactly("10.1.0.0/16");
    assertThat(settings.retain().canaries()).isEqualTo(Duration.ofDays(30));
    assertThat(settings.tracing())
        .hasValueSatisfying(tracing -> {
          assertThat(tracing.url()).isEqualTo("http://collector:4318/v1/traces");
          assertThat(tracing.authorization()).contains(new Secret("swordfish"));
          assertThat(tracing.oneIn()).isEqualTo(10);
        });
  }

  private static String values(String more) {
    return """
    probes:
      files:
        paths.yaml: |
          relays: { out: { host: 127.0.0.1, port: RELAY, tls: none } }
          mailboxes: { in: { protocol: maildir, directory: MAIL, poll: 1s } }
          paths: { p: { every: 1h, via: out, from: a@campus.example, to: b@hosted.example, arrives-in: in } }
    """
        + more;
  }

  private Server serve(Rendered rendered, String pod, ScriptedSmtpServer relay) throws IOException {
    Path probes = mount(files(rendered, relay), "first");
    Function<String, Optional<String>> environment = environment(rendered, pod);
    Reading reading = ProbeFolder.read(probes, environment);
    assertThat(reading).isInstanceOf(Reading.Valid.class);
    return Server.start(
        (Reading.Valid) reading,
        probes,
        environment,
        directory.resolve("data"),
        new DatabaseSettings.InMemory(),
        0);
  }

  private Map<String, String> files(Rendered rendered, ScriptedSmtpServer relay)
      throws IOException {
    Path mail = directory.resolve("mail");
    for (String part : List.of("cur", "new", "tmp")) {
      Files.createDirectories(mail.resolve(part));
    }
    Map<String, String> files = new HashMap<>();
    data(rendered)
        .forEach((name, text) ->
            files.put(
                name,
                text.replace("RELAY", Integer.toString(relay.port()))
                    .replace("MAIL,", mail + ",")));
    return files;
  }

  /// All keys of the ConfigMaps that the pod's folder is made of.
  private static Map<String, String> data(Rendered rendered) {
    Map<String, String> files = new HashMap<>();
    for (JsonNode volume : rendered.podSpec().path("volumes")) {
      for (JsonNode source : volume.at("/projected/sources")) {
        String name = source.at("/configMap/name").asText();
        if (!name.isEmpty()) {
          JsonNode data = rendered.one("ConfigMap", name).path("data");
          data.fieldNames()
              .forEachRemaining(
                  key -> assertThat(files.put(key, data.path(key).asText())).isNull());
        }
      }
    }
    return files;
  }

  /// As the kubelet does: contents in a hidden folder, a link to it that is swapped, and a link for
  /// each file.
  private Path mount(Map<String, String> files, String version) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("probes"));
    Path contents = Files.createDirectories(folder.resolve(".." + version));
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(contents.resolve(file.getKey()), file.getValue());
    }
    Path draft = Files.createSymbolicLink(folder.resolve("..draft"), Path.of(".." + version));
    Files.move(
        draft,
        folder.resolve("..data"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    for (String name : files.keySet()) {
      if (!Files.exists(folder.resolve(name))) {
        Files.createSymbolicLink(folder.resolve(name), Path.of("..data", name));
      }
    }
    return folder;
  }

  /// What the manifest puts into the container's environment.
  private static Function<String, Optional<String>> environment(Rendered rendered, String pod) {
    Map<String, String> environment = new HashMap<>();
    for (JsonNode variable : rendered.container().path("env")) {
      String name = variable.path("name").asText();
      JsonNode secret = variable.at("/valueFrom/secretKeyRef");
      if (variable.at("/valueFrom/fieldRef/fieldPath").asText().equals("status.podIP")) {
        environment.put(name, pod);
      } else if (secret.path("name").asText().endsWith("-tokens")) {
        environment.put(name, token(rendered, secret.path("key").asText()));
      } else if (variable.has("value")) {
        environment.put(name, variable.path("value").asText());
      }
    }
    return name -> Optional.ofNullable(environment.get(name));
  }

  private static String token(Rendered rendered, String key) {
    String encoded = rendered.one("Secret", "mailcanary-tokens").path("data").path(key).asText();
    return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
  }

  /// By hand, since Java's client lets nobody choose the host's name.
  private static int status(Server server, String method, String path, String host, String token)
      throws IOException {
    URI uri = server.uri();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), uri.getPort());
        OutputStream out = socket.getOutputStream()) {
      socket.setSoTimeout(20_000);
      String authorization = token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n";
      out.write(
          "%s %s HTTP/1.1\r\nHost: %s\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n"
              .formatted(method, path, host, authorization)
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Integer.parseInt(answer.split(" ", 3)[1]);
    }
  }
}
