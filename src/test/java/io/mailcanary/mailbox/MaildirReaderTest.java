package io.mailcanary.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.path.FolderRole;
import io.mailcanary.path.Mailbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaildirReaderTest {
  @TempDir Path directory;

  private MailboxReader reader(Sightings sightings, String... folders) throws IOException {
    Path box = directory.resolve("box");
    Fixtures.OnDisk.create(box);
    MailboxReader reader =
        MailboxReaders.open(
            new Mailbox.Maildir("box", box, List.of(folders), Duration.ofMillis(500), false),
            sightings,
            Fixtures.loopback(),
            InstantSource.system(),
            Instant.EPOCH,
            MailboxContract.HASTY);
    reader.start();
    return reader;
  }

  private Path write(String name, byte[] message) throws IOException {
    Path written = Files.write(directory.resolve("box/tmp/x"), message);
    return Files.move(written, directory.resolve("box").resolve(name));
  }

  @Test
  void aMessageThatIsReadByItsOwnerIsNotToldAgainAndStillRemoved() throws IOException {
    Sightings sightings = new Sightings();
    try (MailboxReader reader = reader(sightings)) {
      sightings.awaitSeeing();
      Path file = write("new/1.a.test", Letters.canary(1));
      MessageKey key = sightings.awaitFound(Letters.tag(1)).key();
      assertThat(key).isEqualTo(new MessageKey("INBOX", "1.a.test"));

      Path moved = Files.move(file, directory.resolve("box/cur/1.a.test:2,RS"));
      write("new/2.a.test", Letters.canary(2));
      reader.look();
      sightings.awaitFound(Letters.tag(2));
      sightings.only(Letters.tag(1));

      reader.delete(List.of(key, new MessageKey("INBOX", "../../elsewhere")));
      Sightings.patiently().until(() -> Files.notExists(moved));
      assertThat(directory.resolve("box/new/2.a.test")).exists();
    }
  }

  @Test
  void timesComeFromTheFileButNotFromTheFuture() throws IOException {
    Files.createDirectories(directory.resolve("box/new"));
    Files.createDirectories(directory.resolve("box/tmp"));
    Instant old = Instant.parse("2026-11-01T10:00:00.123Z");
    Files.setLastModifiedTime(write("new/1.a", Letters.canary(1)), FileTime.from(old));
    Files.setLastModifiedTime(
        write("new/2.a", Letters.canary(2)), FileTime.from(Instant.now().plusSeconds(3600)));
    Sightings sightings = new Sightings();
    try (MailboxReader _ = reader(sightings)) {
      assertThat(sightings.awaitFound(Letters.tag(1)).at()).isEqualTo(old);
      assertThat(sightings.awaitFound(Letters.tag(2)).at()).isBeforeOrEqualTo(Instant.now());
    }
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Path outside = Files.write(directory.resolve("secret"), Letters.canary(1));
    Fixtures.OnDisk.create(directory.resolve("box"));
    Files.createSymbolicLink(directory.resolve("box/new/1.a"), outside);
    write("new/2.a", Letters.canary(2));
    Sightings sightings = new Sightings();
    try (MailboxReader _ = reader(sightings)) {
      sightings.awaitFound(Letters.tag(2));
      sightings.awaitSeeing();
      assertThat(sightings.found).hasSize(1);
    }
  }

  @Test
  void aFolderThatLeadsOutOfTheMaildirIsRefused() throws IOException {
    Fixtures.OnDisk.create(directory.resolve("box"));
    Fixtures.OnDisk.create(directory.resolve("other"));
    Files.createSymbolicLink(directory.resolve("box/.Out"), directory.resolve("other"));
    Sightings sightings = new Sightings();
    try (MailboxReader _ = reader(sightings, "INBOX", "Out")) {
      assertThat(sightings.awaitBlind().reason()).contains("leads out of it");
    }
  }

  @Test
  void namedFoldersAreWatched() throws IOException {
    Fixtures.OnDisk.create(directory.resolve("box"));
    Fixtures.OnDisk.create(directory.resolve("box/.Lists.canary"));
    Sightings sightings = new Sightings();
    try (MailboxReader _ = reader(sightings, "Lists/canary")) {
      sightings.awaitSeeing();
      write(".Lists.canary/new/1.a", Letters.canary(1));
      FoundMessage found = sightings.awaitFound(Letters.tag(1));
      assertThat(found.role()).isEqualTo(FolderRole.OTHER);
      assertThat(found.folder()).isEqualTo("Lists/canary");
    }
  }
}
