package io.mailcanary.cli;

import io.mailcanary.app.Demo;
import io.mailcanary.canary.Canary;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.PathView;
import io.mailcanary.verdict.Health;
import io.mailcanary.verdict.Words;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Runs the service on the built-in mail world.
@Command(
    name = "demo",
    description = "Runs the service on a built-in mail world: DNS, relays and mailboxes.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final Set<String> delivered = ConcurrentHashMap.newKeySet();

  @Option(
      names = "--port",
      defaultValue = "8080",
      description = "port of the REST interface (default: ${DEFAULT-VALUE})")
  private int port;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    out.println("Starting the built-in mail world …");
    out.flush();
    try (Ending ending = new Ending();
        Demo demo = Demo.start(port);
        AutoCloseable ignored = demo.server().service().board().listen(news -> tell(news, out))) {
      welcome(demo, out);
      ending.await();
    } catch (IOException | InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return 0;
  }

  private void welcome(Demo demo, PrintWriter out) {
    URI uri = demo.server().uri();
    out.printf(
        """

        mailcanary sends canaries along %d paths and watches where they arrive.

          The page               %s
          Break something        %s/faults
          Status of everything   %s/api/v1/status
          All paths              %s/api/v1/paths
          One path's canaries    %s/api/v1/paths/campus-to-ugrad/canaries
          What happens now       %s/api/v1/events
          For Prometheus         %s/metrics

        It ends with Ctrl-C. First arrivals and changes:
        """,
        demo.server().service().plan().paths().size(), uri, uri, uri, uri, uri, uri, uri);
    demo.server().service().board().paths().stream()
        .filter(view -> view.lastDelivered() != null)
        .forEach(view -> first(view.name(), view.p50(), out));
    out.flush();
  }

  private void tell(Board.News news, PrintWriter out) {
    switch (news) {
      case Board.News.OfCanary(Canary canary) -> {
        if (canary.arrival() != null) {
          first(canary.path(), canary.latency(), out);
        }
      }
      case Board.News.OfIncident(var incident) ->
          line("incident " + incident.state().word(), incident.title(), out);
      case Board.News.OfPath(PathView view) -> {
        Health health = view.health().health();
        if (delivered.contains(view.name()) && health != Health.PENDING) {
          line(view.name(), health.word() + ": " + view.health().reason(), out);
        }
      }
    }
  }

  private void first(String path, @Nullable Duration took, PrintWriter out) {
    if (delivered.add(path)) {
      String within = took == null ? "" : " in " + Words.of(took);
      line(path, "first canary delivered" + within, out);
    }
  }

  private static void line(String path, String words, PrintWriter out) {
    out.printf(
        "%s  %-20s %s%n",
        TIME.format(java.time.LocalTime.now(ZoneId.systemDefault())), path, words);
    out.flush();
  }
}
