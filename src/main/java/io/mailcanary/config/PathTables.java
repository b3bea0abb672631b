package io.mailcanary.config;

import io.mailcanary.mail.AuthenticationMethod;
import io.mailcanary.mail.AuthenticationResult;
import io.mailcanary.path.Alert;
import io.mailcanary.path.Confirm;
import io.mailcanary.path.Expectation;
import io.mailcanary.path.Message;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The mappings within a path.
final class PathTables {
  /// The shortest time between two canaries.
  static final Duration SHORTEST_PERIOD = Duration.ofMillis(250);

  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(366);

  private PathTables() {}

  static Kind<Long> messageSize() {
    return Kinds.size(1, 50L * 1024 * 1024);
  }

  /// `paths.NAME.expect`
  static final class OfExpectation extends Table<Expectation> {
    private final Key.Sure<Duration> within =
        key(
            "within",
            Kinds.duration(MOMENT, LONGEST),
            Duration.ofSeconds(30),
            "A canary that takes longer makes the path degraded.");
    private final Key.Sure<Duration> overdueAfter =
        key(
            "overdue-after",
            Kinds.duration(MOMENT, LONGEST),
            Duration.ofMinutes(5),
            "Without proof of arrival until then a canary is overdue.");
    private final Key.Sure<Duration> lostAfter =
        key(
            "lost-after",
            Kinds.duration(MOMENT, LONGEST),
            Duration.ofHours(24),
            "Without a trace until then a canary is lost.");
    final Key.Sure<String> folder =
        key(
            "folder",
            Kinds.line("a name of 1 to 255 characters", 255),
            "INBOX",
            "The folder where it should arrive; elsewhere it counts as misfiled.");
    private final Key.Sure<Expectation.Outcome> outcome =
        key(
            "outcome",
            Kinds.oneOf(Expectation.Outcome.class),
            Expectation.Outcome.DELIVERED,
            "What should become of it. With `rejected`, `bounced` and `misfiled` it is a negative"
                + " canary: something should catch it, and that it arrives is the failure.");

    private final OfAuthentication authentication = new OfAuthentication();
    private final Key.Sure<Map<AuthenticationMethod, AuthenticationResult>> authenticated =
        key(
            "authentication",
            authentication,
            authentication.defaults(),
            "What SPF, DKIM and DMARC should come to where it arrives; anything else makes the path"
                + " degraded.");

    OfExpectation() {
      super("the keys of an expectation");
    }

    @Override
    void check(Row row) {
      ordered(row, within, overdueAfter);
      ordered(row, overdueAfter, lostAfter);
    }

    /// The fault stands where something was written.
    private static void ordered(Row row, Key.Sure<Duration> less, Key.Sure<Duration> more) {
      Optional<Duration> first = row.find(less);
      Optional<Duration> second = row.find(more);
      if (first.isEmpty() || second.isEmpty() || first.get().compareTo(second.get()) <= 0) {
        return;
      }
      row.fault(
          row.has(more) ? more : less,
          "%s (%s) is longer than %s (%s), expected within <= overdue-after <= lost-after"
              .formatted(
                  less.name(),
                  Units.duration(first.get()),
                  more.name(),
                  Units.duration(second.get())));
    }

    @Override
    Expectation build(Row row) {
      return new Expectation(
          row.get(within),
          row.get(overdueAfter),
          row.get(lostAfter),
          row.get(folder),
          row.get(outcome),
          row.get(authenticated));
    }
  }

  /// `paths.NAME.expect.authentication`
  static final class OfAuthentication
      extends Table<Map<AuthenticationMethod, AuthenticationResult>> {
    private final Key.Maybe<AuthenticationResult> spf = result("spf", "SPF (RFC 7208)");
    private final Key.Maybe<AuthenticationResult> dkim = result("dkim", "DKIM (RFC 6376)");
    private final Key.Maybe<AuthenticationResult> dmarc = result("dmarc", "DMARC (RFC 9989)");

    OfAuthentication() {
      super("spf, dkim and dmarc");
    }

    private Key.Maybe<AuthenticationResult> result(String name, String method) {
      return optional(
          name,
          Kinds.oneOf(AuthenticationResult.class, Set.of(), Set.of(AuthenticationResult.UNKNOWN)),
          "What " + method + " should come to, `pass` above all.");
    }

    @Override
    Map<AuthenticationMethod, AuthenticationResult> build(Row row) {
      Map<AuthenticationMethod, AuthenticationResult> expected =
          new EnumMap<>(AuthenticationMethod.class);
      row.find(spf).ifPresent(one -> expected.put(AuthenticationMethod.SPF, one));
      row.find(dkim).ifPresent(one -> expected.put(AuthenticationMethod.DKIM, one));
      row.find(dmarc).ifPresent(one -> expected.put(AuthenticationMethod.DMARC, one));
      return expected;
    }
  }

  /// `paths.NAME.confirm`
  static final class OfConfirm extends Table<Confirm> {
    private final Key.Sure<Integer> canaries =
        key("canaries", Kinds.number(0, 20), 3, "How many are sent at the first doubt; 0: none.");
    private final Key.Sure<Duration> every =
        key(
            "every",
            Kinds.duration(SHORTEST_PERIOD, Duration.ofHours(1)),
            Duration.ofSeconds(5),
            "The time between two of them.");

    OfConfirm() {
      super("the keys of a confirmation");
    }

    @Override
    Confirm build(Row row) {
      return new Confirm(row.get(canaries), row.get(every));
    }
  }

  /// `paths.NAME.message`
  static final class OfMessage extends Table<Message> {
    private final Key.Maybe<Long> size =
        derived(
            "size",
            messageSize(),
            "as small as it is",
            "At least this large is the whole message; 1KB is 1024 bytes.");
    private final Key.Maybe<String> template =
        optional(
            "template",
            FileKinds.template(),
            "A file with the message to send instead of ours (RFC 5322, in UTF-8); our headers are"
                + " added.");

    OfMessage() {
      super("the keys of a message");
    }

    @Override
    void check(Row row) {
      if (row.has(size) && row.has(template)) {
        row.fault(template, "stands beside size, expected one of the two");
      }
    }

    @Override
    Message build(Row row) {
      return new Message(row.find(size).orElse(0L), row.find(template));
    }
  }

  /// `paths.NAME.alert`
  static final class OfAlert extends Table<Alert> {
    private final Key.Sure<Alert.Share> page =
        key(
            "page",
            Kinds.share(),
            new Alert.Share(2, 3),
            "How many bad ones of how many newest wake somebody.");
    private final Key.Maybe<Alert.Share> warn =
        optional(
            "warn", Kinds.share(), "How many bad ones of how many newest are worth a message.");
    private final Key.Sure<Integer> recover =
        key("recover", Kinds.number(1, 100), 3, "How many good ones in a row prove recovery.");

    OfAlert() {
      super("the keys of an alert");
    }

    @Override
    Alert build(Row row) {
      return new Alert(row.get(page), row.find(warn), row.get(recover));
    }
  }
}
