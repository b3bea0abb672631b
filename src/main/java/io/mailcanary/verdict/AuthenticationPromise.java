package io.mailcanary.verdict;

import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.AuthenticationMethod;
import io.mailcanary.mail.AuthenticationResult;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.Expectation;
import io.mailcanary.path.MailPath;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Compares what the authentication of a canary came to with what its path promises.
///
/// What is not known, since nobody has looked yet or nobody could, breaks no promise.
public final class AuthenticationPromise {
  private static final String LOST = "authentication-lost";
  private static final String SOURCE = "authentication:";

  private AuthenticationPromise() {}

  /// Names what is found of a path's canaries, among all that findings come from.
  public static String source(String path) {
    return SOURCE + path;
  }

  /// The path of such a source; empty for any other.
  public static Optional<String> pathOf(String source) {
    return source.startsWith(SOURCE)
        ? Optional.of(source.substring(SOURCE.length()))
        : Optional.empty();
  }

  /// Whether it is one of these findings.
  public static boolean isLost(Finding finding) {
    return finding.tag().equals(LOST);
  }

  /// What is not as promised, for a sentence; nothing where all is.
  public static Optional<String> broken(List<AuthenticationCheck> checks, Expectation expect) {
    List<AuthenticationCheck> broken = brokenOnes(checks, expect);
    return broken.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.join("; ", broken.stream().map(check -> words(check, expect)).toList()));
  }

  /// One finding for a path whose newest canary's authentication is not as promised.
  ///
  /// @param canary its id, as evidence
  public static List<Finding> findings(
      MailPath path, String canary, List<AuthenticationCheck> checks) {
    List<AuthenticationCheck> broken = brokenOnes(checks, path.expect());
    if (broken.isEmpty()) {
      return List.of();
    }
    return List.of(
        new Finding(
            LOST,
            Severity.WARN,
            path.from().domain().name(),
            "",
            "mail on path %s is not authenticated as promised: %s"
                .formatted(
                    path.name(),
                    String.join(
                        "; ", broken.stream().map(check -> words(check, path.expect())).toList())),
            rfc(broken.getFirst().method()),
            checks.stream().map(check -> "canary %s: %s".formatted(canary, check)).toList(),
            "Compare the domain's SPF, DKIM and DMARC records with the hosts that send for it and"
                + " with the key that signs; then look at what changed in either."));
  }

  private static List<AuthenticationCheck> brokenOnes(
      List<AuthenticationCheck> checks, Expectation expect) {
    return checks.stream()
        .filter(check -> check.result() != AuthenticationResult.UNKNOWN)
        .filter(check -> {
          AuthenticationResult promised = expect.authentication().get(check.method());
          return promised != null && promised != check.result();
        })
        .toList();
  }

  private static String words(AuthenticationCheck check, Expectation expect) {
    AuthenticationResult promised = expect.authentication().get(check.method());
    return "%s is %s, says %s%s; %s was promised"
        .formatted(
            check.method().word().toUpperCase(Locale.ROOT),
            check.result().word(),
            check.by(),
            check.reason().isEmpty() ? "" : " (" + check.reason() + ")",
            promised == null ? "nothing" : promised.word());
  }

  private static String rfc(AuthenticationMethod method) {
    return switch (method) {
      case SPF -> "RFC 7208 §2.6";
      case DKIM -> "RFC 6376 §3.9";
      case DMARC -> "RFC 9989 §5.3";
    };
  }
}
