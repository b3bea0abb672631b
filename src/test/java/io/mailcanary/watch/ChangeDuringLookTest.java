package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.Finding;
import io.mailcanary.path.Paths;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.ConfigurationView;
import io.mailcanary.runtime.DnsSettings;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import io.mailcanary.runtime.VirtualAgenda;
import io.mailcanary.store.Database;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.SqlWatchStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Who edits a zone just while it is looked through is not told that its servers disagree.
class ChangeDuringLookTest {
  private static final Instant START = Instant.parse("2026-11-23T00:00:00Z");

  private final VirtualAgenda agenda = new VirtualAgenda(START);
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
    EmailAddress canary = EmailAddress.parse("canary@corp.test");
    Plan plan =
        new Plan(
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of("out", Paths.dns("out", canary, canary, List.of())),
            ServiceSettings.DEFAULT,
            DnsSettings.DEFAULT,
            Map.of());
    try (Database database = Database.open(new DatabaseSettings.InMemory())) {
      SqlWatchStore store = new SqlWatchStore(database);
      DnsWatch watch =
          new DnsWatch(
              new DnsWatch.Ports(
                  _ -> world,
                  store,
                  new ChangeLog(store, agenda),
                  findings,
                  new Concerns(findings, (_, _) -> {}),
                  new Board(new ConfigurationView(START, List.of())),
                  agenda,
                  agenda,
                  Runnable::run,
                  _ -> true),
              plan);
      watch.start();
      agenda.advance(Duration.ofMinutes(5));
      watch.close();
    }
    assertThat(world.asked).as("it came").contains("A corp.test at authority");
    assertThat(told).as("it was looked at").isNotEmpty().doesNotContain("servers-disagree");
  }
}
