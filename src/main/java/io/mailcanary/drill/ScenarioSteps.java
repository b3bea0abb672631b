package io.mailcanary.drill;

import io.mailcanary.mail.SmtpReply;
import io.mailcanary.world.Act;
import io.mailcanary.world.Check;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Reads what a drill does.
final class ScenarioSteps {
  static final Set<String> KEYS =
      Set.of(
          "at",
          "until",
          "break",
          "repair",
          "value",
          "marker",
          "who",
          "zone",
          "remove",
          "put",
          "answers",
          "name-server",
          "server",
          "says",
          "stage",
          "of",
          "to",
          "client",
          "larger-than",
          "every",
          "files",
          "holds",
          "greylists",
          "is",
          "certificate",
          "ends",
          "mailbox");

  /// What acts and nothing beside them take.
  private static final List<String> ACTS =
      List.of("zone", "name-server", "server", "certificate", "mailbox");

  private ScenarioSteps() {}

  static Scenario.Step of(ScenarioRow row) throws ScenarioException {
    Duration at = row.time("at");
    String which =
        row.oneOf(
            Stream.concat(Stream.of("break", "repair", "marker"), ACTS.stream())
                .toArray(String[]::new));
    return switch (which) {
      case "break" -> new Scenario.Step.On(at, row.text("break"), row.textOr("value", ""));
      case "repair" -> new Scenario.Step.Off(at, row.text("repair"));
      case "marker" -> new Scenario.Step.Marker(at, row.text("marker"), row.textOr("who", ""));
      default -> does(row, at, which);
    };
  }

  private static Scenario.Step does(ScenarioRow row, Duration at, String which)
      throws ScenarioException {
    Optional<Duration> until = row.has("until") ? Optional.of(row.time("until")) : Optional.empty();
    if (until.isPresent() && until.get().compareTo(at) <= 0) {
      throw row.wrong("until", "is not later than 'at'");
    }
    Act act =
        switch (which) {
          case "zone" -> zone(row);
          case "name-server" -> new Act.FailNameServer(address(row, "name-server"), silence(row));
          case "server" -> server(row);
          case "certificate" -> new Act.Certificate(row.text("certificate"), row.span("ends"));
          default -> new Act.Shows(row.text("mailbox"), constant(row, "is", Act.Door.values()));
        };
    return new Scenario.Step.Does(at, words(row, which, until), act, until);
  }

  private static String words(ScenarioRow row, String which, Optional<Duration> until)
      throws ScenarioException {
    StringBuilder words = new StringBuilder(which + " " + row.text(which) + ":");
    for (String key :
        List.of(
            "remove",
            "put",
            "answers",
            "says",
            "stage",
            "of",
            "to",
            "client",
            "larger-than",
            "every",
            "files",
            "holds",
            "greylists",
            "is",
            "ends")) {
      if (row.has(key)) {
        words.append(' ').append(key).append(' ').append(String.join(", ", row.texts(key)));
      }
    }
    if (until.isPresent()) {
      words.append(", until ").append(row.text("until"));
    }
    return words.toString();
  }

  private static Act zone(ScenarioRow row) throws ScenarioException {
    if (row.has("answers")) {
      return new Act.FailZone(row.text("zone"), silence(row));
    }
    Act.Edit edit = new Act.Edit(row.text("zone"), row.texts("remove"), row.texts("put"));
    if (edit.remove().isEmpty() && edit.put().isEmpty()) {
      throw row.wrong("", "is expected to have one of answers, remove, put");
    }
    return edit;
  }

  private static Act server(ScenarioRow row) throws ScenarioException {
    String server = row.text("server");
    return switch (row.oneOf("says", "files", "holds", "greylists", "is")) {
      case "says" -> new Act.Says(server, stage(row), reply(row), which(row));
      case "files" -> new Act.Files(server, constant(row, "files", Act.Keeping.values()));
      case "holds" -> new Act.Holds(server, row.time("holds"));
      case "greylists" -> new Act.Greylists(server, row.time("greylists"));
      default -> {
        var _ = row.word("is", List.of("down"));
        yield new Act.Down(server);
      }
    };
  }

  private static Check.At stage(ScenarioRow row) throws ScenarioException {
    return row.has("stage") ? constant(row, "stage", Check.At.values()) : Check.At.RCPT;
  }

  private static SmtpReply reply(ScenarioRow row) throws ScenarioException {
    return SmtpReply.parse(row.text("says"))
        .filter(reply -> reply.code() >= 400)
        .orElseThrow(
            () -> row.wrong("says", "is no refusal, expected one such as '450 4.7.1 Try later'"));
  }

  private static Act.Which which(ScenarioRow row) throws ScenarioException {
    return new Act.Which(
        row.textOr("of", ""),
        row.textOr("to", ""),
        row.has("client") ? Optional.of(address(row, "client")) : Optional.empty(),
        row.size("larger-than"),
        row.count("every"));
  }

  private static Act.Silence silence(ScenarioRow row) throws ScenarioException {
    return constant(row, "answers", Act.Silence.values());
  }

  static InetAddress address(ScenarioRow row, String key) throws ScenarioException {
    try {
      return InetAddress.ofLiteral(row.text(key));
    } catch (IllegalArgumentException _) {
      throw row.wrong(key, "is '%s', expected an IP address".formatted(row.text(key)));
    }
  }

  static <E extends Enum<E>> E constant(ScenarioRow row, String key, E[] all)
      throws ScenarioException {
    return all[
        row.word(
            key,
            Stream.of(all)
                .map(one -> one.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList())];
  }
}
