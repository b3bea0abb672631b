package io.mailcanary.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Canaries;
import io.mailcanary.notify.HttpDoor;
import io.mailcanary.path.Paths;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.ConfigurationView;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import io.mailcanary.store.StoreException;
import io.mailcanary.wire.Trust;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Whether canaries are sent, as we say it of ourselves: one path, a canary each minute, so that
/// two and a half may pass without one.
class PulseTest {
  private static final String PATH = "campus-to-hosted";

  private final Board board = new Board(new ConfigurationView(Canaries.START, List.of()));
  private final HttpDoor door = new HttpDoor(new Trust(), () -> Canaries.START);
  private final Pulse pulse =
      new Pulse(board, this::lastAttempt, door, () -> Canaries.START, plan());
  private Optional<Instant> last = Optional.empty();
  private boolean away;

  @AfterEach
  void close() {
    pulse.close();
    door.close();
  }

  @Test
  void aTurnAndAHalfAndAMinuteMayPassWithoutACanary() {
    at("0s").isWell();
    at("2m30s").says("no canary has been sent for more than 2 min 30 s");
    sentAt("2m31s");
    at("2m31s").isWell();
    at("5m").isWell();
    at("5m2s").says("no canary has been sent for more than 2 min 30 s");
  }

  @Test
  void onceTheRecordIsBackTheNextCanaryIsWaitedForAsAfterAStart() {
    at("0s").isWell();
    sentAt("1m");
    at("2m30s").isWell();
    away = true;
    for (int second = 0; second < 600; second++) {
      at("2m%ds".formatted(31 + second)).says("the database is away");
    }
    away = false;
    at("12m32s").isWell();
    at("15m1s").isWell();
    at("15m2s").says("no canary has been sent for more than 2 min 30 s");
  }

  private void sentAt(String offset) {
    last = Optional.of(instant(offset));
  }

  private PulseTest at(String offset) {
    pulse.lookAtSending(instant(offset));
    return this;
  }

  private void isWell() {
    assertThat(board.part(Pulse.SENDING))
        .hasValueSatisfying(part -> assertThat(part.reason()).isEmpty());
  }

  private void says(String reason) {
    assertThat(board.part(Pulse.SENDING))
        .hasValueSatisfying(part -> {
          assertThat(part.ok()).isFalse();
          assertThat(part.reason()).isEqualTo(reason);
        });
  }

  private static Instant instant(String offset) {
    return Canaries.START.plus(Duration.parse("PT" + offset));
  }

  private Optional<Instant> lastAttempt(Instant since) {
    if (away) {
      throw new StoreException("the database is away", null);
    }
    return last.filter(at -> !at.isBefore(since));
  }

  private static Plan plan() {
    return new Plan(
        Map.of("campus-out", Paths.relay("campus-out")),
        Map.of(),
        Map.of(),
        Map.of(PATH, Paths.path(PATH)),
        ServiceSettings.DEFAULT);
  }
}
