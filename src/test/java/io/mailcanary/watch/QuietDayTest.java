package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DnsRecord;
import io.mailcanary.dns.Origin;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordData;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.ZoneFacts;
import io.mailcanary.resolver.Look;
import io.mailcanary.resolver.Zone;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.VirtualAgenda;
import io.mailcanary.store.Database;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.SqlWatchStore;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Twenty-four hours of servers that restart, time out and answer in rotating order: silent first,
/// then refusing what they have not loaded yet; three answers of a hundred are lost, two fail. We
/// ourselves restart in the middle of it.
class QuietDayTest {
  private static final DnsName CORP = DnsName.of("corp.test");
  private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");

  private final VirtualAgenda agenda = new VirtualAgenda(START);
  private final Random random = new Random(4711);
  private boolean mxGone;
  private long asked;

  @Test
  void noChangeIsSeenWhereThereIsNone() {
    try (Database database = Database.open(new DatabaseSettings.InMemory())) {
      SqlWatchStore store = new SqlWatchStore(database);
      Findings findings = new Findings();
      Plan plan = TurnedWatch.within("corp.test");
      Sources fickle = new Fickle();
      DnsWatch first = TurnedWatch.of(fickle, store, findings, agenda, plan);
      first.start();
      agenda.advance(Duration.ofHours(11));
      // We restart as well, while a server is down.
      first.close();
      agenda.advance(Duration.ofMinutes(5));
      DnsWatch watch = TurnedWatch.of(fickle, store, findings, agenda, plan);
      watch.start();
      agenda.advance(Duration.ofHours(13));
      assertThat(asked).as("it was watched").isGreaterThan(10_000);
      assertThat(store.changes(null, 10)).isEmpty();
      // and it would have been seen
      mxGone = true;
      agenda.advance(Duration.ofMinutes(3));
      assertThat(store.changes(null, 10)).isNotEmpty();
      watch.close();
    }
  }

  private final class Fickle implements Sources {
    private final Zone zone =
        new Zone(CORP, List.of(server("ns1.corp.test", 1), server("ns2.corp.test", 2)));

    private static Zone.Server server(String name, int last) {
      return new Zone.Server(
          DnsName.of(name), Optional.of(InetAddress.ofLiteral("192.0.2." + last)));
    }

    @Override
    public Optional<Zone> zoneOf(DnsName name) {
      return Optional.of(zone);
    }

    /// The parent's servers fail now and then, too.
    @Override
    public Optional<ZoneFacts.Delegation> delegation(DnsName apex) {
      return random.nextInt(20) == 0
          ? Optional.empty()
          : Optional.of(
              new ZoneFacts.Delegation(
                  Origin.of("above"),
                  new TreeSet<>(Set.of(DnsName.of("ns1.corp.test"), DnsName.of("ns2.corp.test"))),
                  Map.of(),
                  List.of()));
    }

    @Override
    public Zone zone(DnsName apex, Optional<ZoneFacts.Delegation> delegation) {
      return zone;
    }

    /// Down for ten minutes of each two hours, the other an hour later; some answers are lost.
    @Override
    public ZoneFacts.ServerView ask(
        DnsName apex, Zone.Server server, Collection<Question> questions, boolean tcp) {
      long minute = Duration.between(START, agenda.instant()).toMinutes();
      boolean second = server.name().equals(DnsName.of("ns2.corp.test"));
      long phase = (minute + (second ? 60 : 0)) % 120;
      Map<Question, DnsAnswer> answers = new HashMap<>();
      Question soa = new Question(apex, RecordType.SOA);
      DnsAnswer first =
          phase < 8
              ? silent(soa)
              : phase < 10 ? new DnsAnswer.Refused(soa, Origin.of("a"), List.of()) : answer(soa);
      answers.put(soa, first);
      if (first instanceof DnsAnswer.Answered) {
        questions.forEach(question -> answers.putIfAbsent(question, answer(question)));
      }
      return new ZoneFacts.ServerView(server.name(), server.address(), answers, Optional.empty());
    }

    @Override
    public DnsAnswer ask(Zone.Server server, Question question) {
      return answer(question);
    }

    @Override
    public DnsAnswer ask(String resolver, Question question, Look look) {
      return answer(question);
    }

    private DnsAnswer silent(Question question) {
      return new DnsAnswer.Timeout(question, Origin.of("a"), "no answer");
    }

    private DnsAnswer answer(Question question) {
      asked++;
      int luck = random.nextInt(100);
      if (luck < 3) {
        return silent(question);
      }
      if (luck < 5) {
        return new DnsAnswer.ServFail(question, Origin.of("a"), "SERVFAIL", List.of());
      }
      List<DnsRecord> records = new ArrayList<>();
      for (RecordData data : data(question)) {
        records.add(new DnsRecord(question.name(), 300, data));
      }
      Collections.shuffle(records, random);
      Origin origin = new Origin("a", true, false);
      return records.isEmpty()
          ? new DnsAnswer.NoSuchRecord(question, origin, List.of(), Optional.empty())
          : new DnsAnswer.Records(question, origin, List.of(), records, List.of());
    }

    private List<RecordData> data(Question question) {
      boolean apex = question.name().equals(CORP);
      return switch (question.type()) {
        case SOA ->
            List.of(
                new RecordData.Soa(
                    DnsName.of("ns1.corp.test"),
                    DnsName.of("h.corp.test"),
                    7,
                    3600,
                    600,
                    86400,
                    60));
        case MX ->
            apex && !mxGone
                ? List.of(
                    new RecordData.Mx(10, DnsName.of("mx1.corp.test")),
                    new RecordData.Mx(10, DnsName.of("mx2.corp.test")),
                    new RecordData.Mx(20, DnsName.of("mx3.corp.test")))
                : List.of();
        case A ->
            apex
                ? List.of()
                : List.of(
                    new RecordData.Address(InetAddress.ofLiteral("198.51.100.1")),
                    new RecordData.Address(InetAddress.ofLiteral("198.51.100.2")));
        case TXT ->
            apex
                ? List.of(RecordData.Txt.of("v=spf1 mx -all"), RecordData.Txt.of("other"))
                : List.of();
        case NS ->
            List.of(
                new RecordData.Ns(DnsName.of("ns1.corp.test")),
                new RecordData.Ns(DnsName.of("ns2.corp.test")));
        case AAAA, CNAME, PTR, TLSA, DS, DNSKEY -> List.of();
      };
    }

    @Override
    public List<String> resolvers() {
      return List.of("default");
    }

    @Override
    public String label(String resolver) {
      return resolver;
    }
  }
}
