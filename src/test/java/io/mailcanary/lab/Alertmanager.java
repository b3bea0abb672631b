package io.mailcanary.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A private Prometheus Alertmanager on loopback, which posts to a webhook at once.
public final class Alertmanager implements AutoCloseable {
  private static final String PROGRAM = "/usr/bin/prometheus-alertmanager";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LabFolder folder = LabFolder.create("alertmanager");
  private final HttpClient client = HttpClient.newHttpClient();
  private final int port = Ports.free();
  private final String prefix;
  private @Nullable Daemon daemon;

  private Alertmanager(String prefix) {
    this.prefix = prefix;
  }

  /// @param webhook whom it tells
  public static Alertmanager start(URI webhook) {
    return start(webhook, "");
  }

  /// @param prefix the path below which it serves, such as `/alerts`
  public static Alertmanager start(URI webhook, String prefix) {
    Alertmanager server = new Alertmanager(prefix);
    try {
      server.folder.write(
          "alertmanager.yml",
          """
          route:
            receiver: hook
            group_by: [incident]
            group_wait: 0s
            group_interval: 1s
            repeat_interval: 1h
          receivers:
            - name: hook
              webhook_configs: [{ url: "%s", send_resolved: true }]
          """
              .formatted(webhook));
      server.start();
      return server;
    } catch (RuntimeException | AssertionError e) {
      server.close();
      throw e;
    }
  }

  private void start() {
    List<String> command =
        new ArrayList<>(
            List.of(
                PROGRAM,
                "--config.file=" + folder.file("alertmanager.yml"),
                "--storage.path=" + folder.file("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--cluster.listen-address="));
    if (!prefix.isEmpty()) {
      command.add("--web.route-prefix=" + prefix);
    }
    Daemon started = Daemon.start("Alertmanager", log(), command);
    daemon = started;
    started.await(() -> isReady(), "port " + port, log());
  }

  private Path log() {
    return folder.file("log");
  }

  private boolean isReady() {
    try {
      return client
              .send(
                  HttpRequest.newBuilder(URI.create(url() + "/-/ready")).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException _) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  public URI url() {
    return URI.create("http://127.0.0.1:%d%s".formatted(port, prefix));
  }

  /// The alerts that fire.
  public List<JsonNode> alerts() {
    try {
      String body =
          client
              .send(
                  HttpRequest.newBuilder(URI.create(url() + "/api/v2/alerts")).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      List<JsonNode> alerts = new ArrayList<>();
      JSON.readTree(body).forEach(alerts::add);
      return alerts;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (daemon != null) {
      daemon.stop();
    }
    folder.delete();
  }
}
