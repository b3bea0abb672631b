package io.mailcanary.path;

import io.mailcanary.mail.AuthenticationMethod;
import io.mailcanary.mail.AuthenticationResult;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// What a path promises.
///
/// @param within slower is degraded
/// @param overdueAfter without proof of arrival until then a canary is overdue
/// @param lostAfter without a trace until then it is lost
/// @param folder where it should arrive
/// @param outcome what should become of it
/// @param authentication what each method should come to where it arrives
public record Expectation(
    Duration within,
    Duration overdueAfter,
    Duration lostAfter,
    String folder,
    Outcome outcome,
    Map<AuthenticationMethod, AuthenticationResult> authentication) {

  public Expectation {
    Map<AuthenticationMethod, AuthenticationResult> ordered =
        new EnumMap<>(AuthenticationMethod.class);
    ordered.putAll(authentication);
    authentication = Collections.unmodifiableMap(ordered);
  }

  /// Whatever its authentication comes to.
  public Expectation(
      Duration within, Duration overdueAfter, Duration lostAfter, String folder, Outcome outcome) {
    this(within, overdueAfter, lostAfter, folder, outcome, Map.of());
  }

  public enum Outcome {
    DELIVERED,
    REJECTED,
    BOUNCED,
    MISFILED
  }
}
