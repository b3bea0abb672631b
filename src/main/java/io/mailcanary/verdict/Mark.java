package io.mailcanary.verdict;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.Cause;
import io.mailcanary.mail.AuthenticationCheck;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one canary says of its path: as much of it as a verdict needs.
///
/// @param leg which of the path's legs it took
/// @param site from where it was sent
/// @param start from when its deadlines count
/// @param authentication what SPF, DKIM and DMARC came to, as far as somebody has looked
/// @param words what a relay or a mailbox said of it last, for a person; may be empty
public record Mark(
    CanaryId id,
    String leg,
    String site,
    Instant start,
    CanaryState state,
    Cause cause,
    @Nullable Duration latency,
    int copies,
    boolean altered,
    List<AuthenticationCheck> authentication,
    String words) {

  public Mark {
    authentication = List.copyOf(authentication);
  }

  public static Mark of(Canary canary, String words) {
    return new Mark(
        canary.id(),
        canary.leg(),
        canary.site(),
        canary.start(),
        canary.state(),
        canary.cause(),
        canary.latency(),
        canary.copies(),
        canary.altered(),
        canary.authentication(),
        words);
  }
}
