package io.mailcanary.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Server;
import io.mailcanary.mailbox.Fixtures.Protocol;
import io.mailcanary.mailbox.Sightings.Told;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@NeedsServer(Server.DOVECOT)
class OnDovecotTest {
  @ParameterizedTest
  @EnumSource(Protocol.class)
  void aPasswordThatNoLongerHoldsIsFoundByAProof(Protocol protocol) {
    try (Fixtures.OnDovecot fixture = new Fixtures.OnDovecot(protocol)) {
      Sightings sightings = new Sightings();
      try (MailboxReader reader = MailboxContract.reader(fixture, false, sightings)) {
        reader.start();
        sightings.awaitSeeing();
        fixture.dovecot().password("canary", "another");
        // It reads its passwords again within a second or so.
        Sightings.patiently()
            .pollInterval(Duration.ofMillis(500))
            .until(() -> {
              reader.prove();
              return sightings.told.stream().anyMatch(told -> !told.sees());
            });

        assertThat(sightings.awaitBlind().reason())
            .contains("refuses", "canary")
            .doesNotContain(Dovecot.PASSWORD);
        fixture.dovecot().password("canary", Dovecot.PASSWORD);
        Sightings.patiently().until(() -> sightings.told.getLast().sees());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void aServerThatStandsStillIsNoticedAndWhatCameMeanwhileIsTold(Protocol protocol) {
    try (Fixtures.OnDovecot fixture = new Fixtures.OnDovecot(protocol)) {
      Sightings sightings = new Sightings();
      try (MailboxReader reader = MailboxContract.reader(fixture, false, sightings)) {
        reader.start();
        sightings.awaitSeeing();
        fixture.dovecot().freeze();
        Instant frozen = Instant.now();

        Told blind = sightings.awaitBlind();
        assertThat(blind.since()).isBeforeOrEqualTo(frozen.plusMillis(100));
        fixture.deliver("INBOX", Letters.canary(1));
        fixture.dovecot().thaw();
        sightings.await(true, 2);
        sightings.awaitFound(Letters.tag(1));
      }
    }
  }

  @Test
  void anUnknownAuthorityIsNotBelieved() {
    try (Fixtures.OnDovecot fixture = new Fixtures.OnDovecot(Protocol.IMAP)) {
      Mailbox mailbox = imap(fixture, new Tls(TlsMode.IMPLICIT, true, Optional.empty()), List.of());
      Sightings sightings = new Sightings();
      try (MailboxReader reader = reader(fixture, mailbox, sightings)) {
        reader.start();

        assertThat(sightings.awaitBlind().reason()).contains("unknown issuer");
      }
    }
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    try (Fixtures.OnDovecot fixture = new Fixtures.OnDovecot(Protocol.IMAP)) {
      Tls tls = new Tls(TlsMode.IMPLICIT, true, Optional.of(fixture.dovecot().caFile()));
      Mailbox mailbox = imap(fixture, tls, List.of("INBOX", "Nowhere"));
      Sightings sightings = new Sightings();
      try (MailboxReader reader = reader(fixture, mailbox, sightings)) {
        reader.start();

        assertThat(sightings.awaitBlind().reason()).contains("refuses EXAMINE", "Nowhere");
      }
    }
  }

  private static Mailbox imap(Fixtures.OnDovecot fixture, Tls tls, List<String> folders) {
    return new Mailbox.Imap(
        "box",
        Fixtures.server(fixture.dovecot().imapsPort(), tls, "canary", Dovecot.PASSWORD),
        folders,
        Fixtures.POLL,
        false);
  }

  private static MailboxReader reader(
      Fixtures.OnDovecot fixture, Mailbox mailbox, Sightings sightings) {
    return MailboxReaders.open(
        mailbox,
        sightings,
        fixture.servers(),
        InstantSource.system(),
        Instant.EPOCH,
        MailboxContract.HASTY);
  }
}
