package io.mailcanary.lab;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

/// An HTTP server on loopback that keeps every request and answers by a script: in turn, and then
/// as usual.
public final class HttpRecorder implements AutoCloseable {
  /// @param headers by lower-case name, the first value of each
  public record Request(String method, String path, Map<String, String> headers, String body) {
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "");
    }
  }

  /// @param status 0: no answer before the server is closed
  public record Answer(int status, Map<String, String> headers, String body) {
    public static Answer of(int status) {
      return new Answer(status, Map.of(), "");
    }

    public static Answer of(int status, String body) {
      return new Answer(status, Map.of(), body);
    }

    public Answer with(String header, String value) {
      return new Answer(status, Map.of(header, value), body);
    }
  }

  private final HttpServer server;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Queue<Answer> script = new ConcurrentLinkedQueue<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile Function<Request, Answer> usual = _ -> Answer.of(200, "ok");
  private volatile Consumer<Request> watcher = _ -> {};

  private HttpRecorder(HttpServer server) {
    this.server = server;
  }

  public static HttpRecorder start() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      HttpRecorder recorder = new HttpRecorder(server);
      server.createContext("/", recorder::serve);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.start();
      return recorder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public HttpRecorder usually(Answer answer) {
    usual = _ -> answer;
    return this;
  }

  /// Answers as a service does that looks at what it is sent.
  public HttpRecorder usually(Function<Request, Answer> by) {
    usual = by;
    return this;
  }

  public HttpRecorder first(Answer... answers) {
    script.addAll(List.of(answers));
    return this;
  }

  /// Called with each request before it is answered.
  public HttpRecorder watched(Consumer<Request> by) {
    watcher = by;
    return this;
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path));
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public List<Request> requests() {
    return List.copyOf(requests);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Map<String, String> lower = new TreeMap<>();
      headers.forEach((name, value) -> lower.put(name.toLowerCase(java.util.Locale.ROOT), value));
      Request request =
          new Request(
              exchange.getRequestMethod(), exchange.getRequestURI().toString(), lower, body);
      requests.add(request);
      watcher.accept(request);
      Answer next = script.poll();
      answer(exchange, next == null ? usual.apply(request) : next);
    }
  }

  private void answer(HttpExchange exchange, Answer answer) throws IOException {
    if (answer.status() == 0) {
      try {
        end.await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      return;
    }
    answer.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
  }
}
