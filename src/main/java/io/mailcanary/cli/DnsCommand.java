package io.mailcanary.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.api.DnsResource;
import io.mailcanary.app.DnsLook;
import io.mailcanary.config.Reading;
import io.mailcanary.dns.DnsReport;
import io.mailcanary.mail.Severity;
import io.mailcanary.runtime.Plan;
import io.mailcanary.watch.Seen;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// A domain as receivers see it.
@Command(
    name = "dns",
    description =
        "A domain, or the names of a path, as receivers see it: what each kind of receiver would"
            + " answer, and all findings. Exit: 0 none, 1 warning, 2 failing, 3 the"
            + " resolver can't be believed.",
    mixinStandardHelpOptions = true)
final class DnsCommand implements Callable<Integer> {
  private static final Pattern SERVER =
      Pattern.compile(
          "\\[([0-9a-fA-F:.]+)](?::(\\d{1,5}))?|([0-9.]+)(?::(\\d{1,5}))?|([0-9a-fA-F:]+)");
  private static final int DNS_PORT = 53;
  private static final int BLIND = 3;

  @Parameters(paramLabel = "NAME", description = "a domain, or a path of the probe files")
  private String name = "";

  @Option(
      names = "--resolver",
      paramLabel = "IP[:PORT]",
      description =
          "asked in place of the default resolver; authoritative servers are asked at port 53, or"
              + " at dns: port of the probe files")
  private @Nullable String resolver;

  @Option(names = "--json", description = "prints what the REST interface answers")
  private boolean json;

  @Mixin private ProbesOption probes;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws JsonProcessingException {
    Plan plan = plan();
    return switch (look(plan)) {
      case DnsLook.Result.Looked(var names) -> tell(plan, names);
      case DnsLook.Result.Blind(var why) -> {
        PrintWriter err = spec.commandLine().getErr();
        err.println(
            "The resolver can't be believed, so nothing is said about %s: %s."
                .formatted(name, why));
        err.println("Name another one by --resolver IP[:PORT], or mend it.");
        err.flush();
        yield BLIND;
      }
    };
  }

  private DnsLook.Result look(Plan plan) {
    try {
      return DnsLook.run(plan, name, Optional.ofNullable(resolver).map(this::server));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private int tell(Plan plan, List<Seen> seen) throws JsonProcessingException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      List<DnsResource> names =
          seen.stream().map(one -> DnsResource.of(one.view(), List.of())).toList();
      boolean domain = plan.path(name).isEmpty();
      out.println(
          new ObjectMapper()
              .writeValueAsString(domain ? names.getFirst() : new DnsResource.Names(names)));
    } else {
      seen.forEach(one ->
          out.println(
              DnsReport.text(one.facts(), one.view().receivers(), one.view().findings())
                  .stripTrailing()));
    }
    out.flush();
    return seen.stream()
        .map(one -> DnsReport.severity(one.view().receivers(), one.view().findings()))
        .map(DnsCommand::exit)
        .reduce(0, Math::max);
  }

  private static int exit(Severity worst) {
    return switch (worst) {
      case INFO -> 0;
      case WARN -> 1;
      case PAGE -> 2;
    };
  }

  /// Without a folder there are domains alone.
  private Plan plan() {
    if (!Files.isDirectory(probes.folder)) {
      return DnsLook.noPlan();
    }
    return switch (probes.read()) {
      case Reading.Valid(Plan plan, _) -> plan;
      case Reading.Invalid invalid -> {
        PrintWriter err = spec.commandLine().getErr();
        ProbesOption.tell(invalid, err);
        err.println("The probe files are left aside.");
        err.flush();
        yield DnsLook.noPlan();
      }
    };
  }

  private InetSocketAddress server(String text) {
    Matcher matcher = SERVER.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no resolver: expected an IP address, or one with a port such as 192.0.2.53:53"
              .formatted(text));
    }
    String host = first(matcher, 1, 3, 5);
    String port = first(matcher, 2, 4);
    return new InetSocketAddress(
        InetAddress.ofLiteral(host), port.isEmpty() ? DNS_PORT : Integer.parseInt(port));
  }

  private static String first(Matcher matcher, int... groups) {
    for (int group : groups) {
      String found = matcher.group(group);
      if (found != null) {
        return found;
      }
    }
    return "";
  }
}
