package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.Finding;
import io.mailcanary.runtime.VirtualAgenda;
import io.mailcanary.store.Database;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.SqlWatchStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who edits a zone just while it is looked through is not told that its servers disagree.
class ChangeDuringLookTest {
  private final VirtualAgenda agenda = new VirtualAgenda(Instant.parse("2026-11-23T00:00:00Z"));
  private final Findings findings = new Findings();
  private final List<String> told = new ArrayList<>();
  private final SmallWorld world =
      new SmallWorld(
          List.of("default"),
          """
          corp.test MX 10 mx.corp.test
          corp.test TXT v=spf1 ip4:198.51.100.0/24 -all
          mx.corp.test A 198.51.100.1
          """);

  @Test
  void aRecordThatComesBetweenTwoQuestionsIsMissingNowhere() {
    world.addMidway("corp.test", "corp.test A 198.51.100.9");
    findings.listen((_, now) -> now.stream().map(Finding::tag).forEach(told::add));
    try (Database database = Database.open(new DatabaseSettings.InMemory())) {
      DnsWatch watch =
          TurnedWatch.of(
              world,
              new SqlWatchStore(database),
              findings,
              agenda,
              TurnedWatch.within("corp.test"));
      watch.start();
      agenda.advance(Duration.ofMinutes(5));
      watch.close();
    }
    assertThat(world.asked).as("it came").contains("A corp.test at authority");
    assertThat(told).as("it was looked at").isNotEmpty().doesNotContain("servers-disagree");
  }
}
