package io.mailcanary.app;

import io.mailcanary.login.OpenId;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/// The HTTP server before the service.
public final class HttpFront implements AutoCloseable {
  private final ApplicationContext context;
  private final EmbeddedServer server;

  private HttpFront(ApplicationContext context, EmbeddedServer server) {
    this.context = context;
    this.server = server;
  }

  /// Begins to listen.
  ///
  /// @param port 0: any that is free
  static HttpFront start(Handle handle, String listen, int port) {
    Map<String, Object> settings = new HashMap<>(OpenId.settings());
    settings.put("micronaut.server.host", listen);
    settings.put("micronaut.server.port", Integer.toString(port == 0 ? -1 : port));
    ApplicationContext context =
        ApplicationContext.builder()
            .singletons(handle)
            .banner(false)
            .properties(settings)
            .build()
            .start();
    EmbeddedServer server = context.getBean(EmbeddedServer.class).start();
    return new HttpFront(context, server);
  }

  /// Where it answers.
  public URI uri() {
    String host = server.getHost();
    return URI.create(
        "%s://%s:%d"
            .formatted(
                server.getScheme(),
                host.contains(":") ? "[" + host + "]" : host,
                server.getPort()));
  }

  @Override
  public void close() {
    server.stop();
    context.close();
  }
}
