package io.mailcanary.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mailcanary.mailbox.Sightings.Told;
import io.mailcanary.path.FolderRole;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What holds for every reader.
interface MailboxContract {
  Timing HASTY =
      new Timing(
          Duration.ofMillis(50),
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(3),
          Duration.ZERO,
          Duration.ofMillis(200));

  MailboxFixture fixture();

  static MailboxReader reader(MailboxFixture fixture, boolean keep, Sightings sightings) {
    return MailboxReaders.open(
        fixture.mailbox(keep),
        sightings,
        fixture.servers(),
        InstantSource.system(),
        Instant.now().minus(Duration.ofDays(10)),
        HASTY);
  }

  private static MailboxReader watching(MailboxFixture fixture, Sightings sightings) {
    MailboxReader reader = reader(fixture, false, sightings);
    reader.start();
    sightings.awaitSeeing();
    return reader;
  }

  @Test
  default void whatWasThereIsToldBeforeItSaysThatItSees() {
    try (MailboxFixture fixture = fixture()) {
      fixture.deliver("INBOX", Letters.strange(1));
      fixture.deliver("INBOX", Letters.canary(1));
      Sightings sightings = new Sightings();
      try (MailboxReader reader = reader(fixture, false, sightings)) {
        reader.start();
        sightings.awaitSeeing();

        FoundMessage message = sightings.only(Letters.tag(1));
        assertThat(message.folder()).isEqualTo("INBOX");
        assertThat(message.role()).isEqualTo(FolderRole.INBOX);
        assertThat(message.at()).isBeforeOrEqualTo(Instant.now());
        assertThat(message.at()).isCloseTo(Instant.now(), within(4, ChronoUnit.SECONDS));
        assertThat(message.head()).contains("A canary.");
        assertThat(message.bytes()).isGreaterThanOrEqualTo(Letters.canary(1).length);
        assertThat(sightings.found).hasSize(1);
      }
    }
  }

  @Test
  default void whatComesIsToldOnceHoweverOftenWeLook() {
    try (MailboxFixture fixture = fixture()) {
      Sightings sightings = new Sightings();
      try (MailboxReader reader = watching(fixture, sightings)) {
        fixture.deliver("INBOX", Letters.canary(1));
        reader.look();
        FoundMessage message = sightings.awaitFound(Letters.tag(1));
        assertThat(message.resolution()).isLessThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(message.at()).isCloseTo(Instant.now(), within(3, ChronoUnit.SECONDS));

        fixture.deliver("INBOX", Letters.strange(2));
        reader.look();
        sightings.awaitFound("strange 2");
        sightings.only(Letters.tag(1));
      }
    }
  }

  @Test
  default void allOfALargeMessageIsToBeHad() throws IOException {
    try (MailboxFixture fixture = fixture()) {
      fixture.deliver("INBOX", Letters.large(1, 3 * FoundMessage.HEAD));
      Sightings sightings = new Sightings();
      try (MailboxReader reader = reader(fixture, true, sightings)) {
        reader.start();
        sightings.awaitSeeing();

        FoundMessage message = sightings.awaitFound(Letters.tag(1));
        assertThat(message.isCut()).isTrue();
        assertThat(message.head()).hasSizeLessThanOrEqualTo(FoundMessage.HEAD);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        message.whole().copyTo(whole);
        String text = whole.toString(StandardCharsets.ISO_8859_1);
        assertThat(text.startsWith(message.head())).isTrue();
        String sent =
            new String(Letters.large(1, 3 * FoundMessage.HEAD), StandardCharsets.ISO_8859_1);
        int body = sent.indexOf("The first line.");
        assertThat(text.replace("\r", "").stripTrailing())
            .endsWith(sent.substring(body).replace("\r", "").stripTrailing());
      }
    }
  }

  @Test
  default void whatComesIsToldEvenIfNobodyLooks() {
    try (MailboxFixture fixture = fixture()) {
      Sightings sightings = new Sightings();
      try (MailboxReader _ = watching(fixture, sightings)) {
        fixture.deliver("INBOX", Letters.canary(1));
        sightings.awaitFound(Letters.tag(1));
      }
    }
  }

  @Test
  default void whileAnotherKeepsTheNetItTellsWhatIsThereWhenAskedAndAllOnceItTakesTheNetUp() {
    try (MailboxFixture fixture = fixture()) {
      Sightings sightings = new Sightings();
      try (MailboxReader reader = reader(fixture, false, sightings)) {
        reader.keepNet(false);
        reader.start();
        sightings.awaitSeeing();
        fixture.deliver("INBOX", Letters.canary(1));
        reader.look();
        sightings.awaitFound(Letters.tag(1));

        fixture.deliver("INBOX", Letters.strange(2));
        reader.keepNet(true);
        sightings.awaitFound("strange 2");
        fixture.deliver("INBOX", Letters.strange(3));
        sightings.awaitFound("strange 3");

        reader.keepNet(false);
        fixture.deliver("INBOX", Letters.strange(4));
        reader.look();
        sightings.awaitFound("strange 4");
        sightings.only(Letters.tag(1));
      }
    }
  }

  @Test
  default void junkIsSeenAndNamed() {
    try (MailboxFixture fixture = fixture()) {
      if (!fixture.hasJunk()) {
        return;
      }
      fixture.deliver("Junk", Letters.canary(1));
      Sightings sightings = new Sightings();
      try (MailboxReader reader = watching(fixture, sightings)) {
        assertThat(sightings.only(Letters.tag(1)).role()).isEqualTo(FolderRole.JUNK);

        fixture.deliver("Junk", Letters.canary(2));
        fixture.deliver("INBOX", Letters.canary(3));
        reader.look();
        assertThat(sightings.awaitFound(Letters.tag(2)).folder()).contains("Junk");
        sightings.awaitFound(Letters.tag(3));
      }
    }
  }

  @Test
  default void onlyNamedMessagesAreRemoved() {
    try (MailboxFixture fixture = fixture()) {
      Sightings sightings = new Sightings();
      try (MailboxReader reader = watching(fixture, sightings)) {
        for (int i = 0; i < 12; i++) {
          fixture.deliver("INBOX", i % 4 == 0 ? Letters.strange(i) : Letters.canary(i));
        }
        reader.look();
        Sightings.patiently().until(() -> sightings.found.size() == 12);
        List<MessageKey> ours =
            sightings.found.stream()
                .filter(message -> message.head().contains("A canary."))
                .map(FoundMessage::key)
                .toList();
        reader.delete(ours);

        Sightings.patiently().until(() -> fixture.count("INBOX") == 3);
        fixture.deliver("INBOX", Letters.canary(50));
        reader.look();
        sightings.awaitFound(Letters.tag(50));
        assertThat(fixture.count("INBOX")).isEqualTo(4);
      }
    }
  }

  @Test
  default void nothingIsRemovedWhereAllIsKept() {
    try (MailboxFixture fixture = fixture()) {
      fixture.deliver("INBOX", Letters.canary(1));
      Sightings sightings = new Sightings();
      try (MailboxReader reader = reader(fixture, true, sightings)) {
        reader.start();
        reader.delete(List.of(sightings.awaitFound(Letters.tag(1)).key()));
        fixture.deliver("INBOX", Letters.canary(2));
        sightings.awaitFound(Letters.tag(2));
        sightings.await(true, 1);
        assertThat(fixture.count("INBOX")).isEqualTo(2);
      }
    }
  }

  @Test
  default void itSaysSinceWhenItIsBlindAndTellsLaterWhatCameMeanwhile() {
    try (MailboxFixture fixture = fixture()) {
      Sightings sightings = new Sightings();
      try (MailboxReader _ = watching(fixture, sightings)) {
        fixture.down();
        Instant broken = Instant.now();
        Told blind = sightings.awaitBlind();
        assertThat(blind.since()).isBeforeOrEqualTo(broken.plusMillis(100));
        assertThat(blind.reason()).doesNotContain("\n").hasSizeBetween(20, 600);

        Instant delivered = Instant.now();
        fixture.deliver("INBOX", Letters.canary(1));
        // The server's own clock has whole seconds: what is told must not be the time of the
        // return.
        Sightings.wait(Duration.ofMillis(2200))
            .until(() -> Instant.now().isAfter(delivered.plusMillis(2200)));
        fixture.up();
        Told again = sightings.await(true, 2);
        FoundMessage late = sightings.only(Letters.tag(1));
        assertThat(late.at()).isCloseTo(delivered, within(1100, ChronoUnit.MILLIS));
        assertThat(again.since()).isAfter(blind.since());
        assertThat(sightings.told.stream().filter(told -> !told.sees()).map(Told::reason))
            .doesNotHaveDuplicates()
            .hasSizeLessThan(4);
      }
    }
  }

  @Test
  default void hugeAndHostileMessagesAreBoundedAndHideNothing() {
    try (MailboxFixture fixture = fixture()) {
      Sightings sightings = new Sightings();
      try (MailboxReader reader = watching(fixture, sightings)) {
        byte[] huge = Letters.bytes("Subject: huge\nX-Mailcanary: " + Letters.tag(7) + "\n\n");
        byte[] whole = Arrays.copyOf(huge, 5_000_000);
        for (int i = huge.length; i < whole.length; i++) {
          whole[i] = (byte) (i % 70 == 0 ? '\r' : i % 70 == 1 ? '\n' : 'x');
        }
        fixture.deliver("INBOX", whole);
        fixture.deliver(
            "INBOX",
            Letters.bytes(
                "Subject: hostile \u00ff\u0001\u0080 {99999999}\nX-Long: "
                    + "y".repeat(64 * 1024)
                    + "\n\n)\n* BYE\nA0 OK\n"));
        fixture.deliver("INBOX", Letters.canary(8));
        reader.look();

        FoundMessage found = sightings.awaitFound(Letters.tag(7));
        assertThat(found.head().length()).isLessThanOrEqualTo(FoundMessage.HEAD);
        assertThat(found.bytes()).isGreaterThan(4_900_000);
        sightings.awaitFound(Letters.tag(8));
        assertThat(sightings.awaitFound("Subject: hostile").head().length())
            .isLessThanOrEqualTo(FoundMessage.HEAD);
        assertThat(sightings.told).hasSize(1);
      }
    }
  }

  @Test
  default void aProofIsConfirmedAndLeavesNothingBehind() {
    try (MailboxFixture fixture = fixture()) {
      fixture.deliver("INBOX", Letters.strange(1));
      Sightings sightings = new Sightings();
      try (MailboxReader reader = watching(fixture, sightings)) {
        reader.prove();
        sightings.await(true, 2);
        assertThat(sightings.found).isEmpty();
        Sightings.patiently().until(() -> fixture.count("INBOX") == 1);
      }
    }
  }

  @Test
  default void aBacklogOfStrangersIsPassedOver() {
    try (MailboxFixture fixture = fixture()) {
      fixture.deliver("INBOX", Letters.canary(1));
      for (int i = 0; i < fixture.backlog(); i++) {
        fixture.deliver("INBOX", Letters.strange(i));
      }
      fixture.deliver("INBOX", Letters.canary(2));
      Sightings sightings = new Sightings();
      try (MailboxReader _ = watching(fixture, sightings)) {
        sightings.awaitFound(Letters.tag(1));
        sightings.awaitFound(Letters.tag(2));
        assertThat(sightings.found).hasSize(2);
        assertThat(fixture.count("INBOX")).isEqualTo(fixture.backlog() + 2);
      }
    }
  }

  @Test
  default void aFloodOfNewMessagesLosesNoCanary() {
    try (MailboxFixture fixture = fixture()) {
      Sightings sightings = new Sightings();
      try (MailboxReader reader = watching(fixture, sightings)) {
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
          fixture.deliver("INBOX", i % 30 == 0 ? Letters.canary(i) : Letters.strange(i));
          if (i % 30 == 0) {
            tags.add(Letters.tag(i));
          }
        }
        reader.look();
        tags.forEach(sightings::awaitFound);
      }
    }
  }

  @Test
  default void closingIsQuick() {
    try (MailboxFixture fixture = fixture()) {
      Sightings sightings = new Sightings();
      MailboxReader reader = watching(fixture, sightings);
      Instant before = Instant.now();
      reader.close();
      assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(1));
      assertThat(sightings.told).hasSize(1);
    }
  }
}
