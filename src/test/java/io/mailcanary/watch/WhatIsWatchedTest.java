package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DomainFacts.PolicyFetch;
import io.mailcanary.dns.DomainFacts.Registration;
import io.mailcanary.dns.DomainFacts.Sender;
import io.mailcanary.dns.DomainFacts.Served;
import io.mailcanary.dns.Vantage;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.HandOver;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.VirtualAgenda;
import io.mailcanary.store.Database;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.SqlWatchStore;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What to watch follows from the paths: each kind of name, where it is asked.
class WhatIsWatchedTest {
  private static final Instant START = Instant.parse("2026-11-22T00:00:00Z");

  @TempDir static Path folder;

  private static final VirtualAgenda AGENDA = new VirtualAgenda(START);
  private static final SmallWorld WORLD =
      new SmallWorld(
          List.of("default", "inner"),
          """
          corp.test MX 10 mx.corp.test
          corp.test TXT v=spf1 include:spf.mailer.test ip4:198.51.100.0/24 -all
          spf.mailer.test TXT v=spf1 redirect=deep.mailer2.test
          deep.mailer2.test TXT v=spf1 ip4:203.0.113.0/24 -all
          mx.corp.test A 198.51.100.1
          other.test MX 10 mx.exchanger.test
          _mta-sts.other.test TXT v=STSv1; id=1
          mx.exchanger.test A 198.51.100.2
          """);
  private static final Findings FINDINGS = new Findings();
  private static final Set<String> LOOKED_AT = new ConcurrentSkipListSet<>();

  @BeforeAll
  static void watch() throws IOException {
    try (Database database = Database.open(new DatabaseSettings.InMemory())) {
      SqlWatchStore store = new SqlWatchStore(database);
      DnsWatch watch = TurnedWatch.of(WORLD, store, FINDINGS, AGENDA, plan());
      watch.surroundedBy(around());
      watch.learn(new DomainName("corp.test"), "s1");
      watch.start();
      AGENDA.advance(Duration.ofMinutes(11));
      watch.close();
    }
  }

  private static Surroundings around() {
    SendingHosts hosts = new SendingHosts(AGENDA);
    hosts.learn(
        EmailAddress.parse("canary@corp.test"),
        EmailAddress.parse("canary@other.test"),
        HandOver.parse(
                "from out.corp.test (x [198.51.100.7]) by mx.exchanger.test with ESMTPS id 1; x")
            .orElseThrow());
    return new Surroundings() {
      @Override
      public List<Served> served(DnsName host) {
        LOOKED_AT.add("TLS " + host);
        return List.of();
      }

      @Override
      public Optional<PolicyFetch> policy(DomainName domain, String record) {
        LOOKED_AT.add("policy " + domain);
        return Optional.of(
            new PolicyFetch(
                "https://x",
                Optional.of("version: STSv1\nmode: testing\nmx: *.exchanger.test\nmax_age: 1\n"),
                Optional.empty()));
      }

      @Override
      public List<Sender> senders(DomainName domain, Vantage dns) {
        return hosts.of(domain, dns);
      }

      @Override
      public Optional<Registration> registration(DomainName domain) {
        LOOKED_AT.add("registration " + domain);
        return Optional.of(
            new Registration(Optional.of(START.plus(Duration.ofDays(9))), Set.of(), "registry"));
      }
    };
  }

  private static Plan plan() throws IOException {
    Files.writeString(
        folder.resolve("probes.yaml"),
        """
        resolvers:
          default: { servers: ["127.0.0.1:53"] }
          inner: { servers: ["127.0.0.1:54"] }
        relays:
          out: { host: smtp.corp.test, helo: probe.corp.test }
          out-2: { host: smtp2.corp.test }
        mailboxes:
          box: { protocol: imap, host: imap.other.test, username: a, password: b }
        paths:
          corp-to-other:
            via: out
            from: canary@corp.test
            to: canary@other.test
            arrives-in: box
            vary: { via: [out, out-2], from: [canary@corp.test, second@brand.test] }
            depends-on:
              - { name: hop.inside.test, type: A, resolver: inner, relay: postfix-bracketed }
          off: { via: out, from: a@asleep.test, to: b@asleep.test, arrives-in: box, enabled: false }
        dns: { watch: [further.test] }
        """);
    return switch (ProbeFolder.read(folder, _ -> Optional.empty())) {
      case Reading.Valid(Plan plan, _) -> plan;
      case Reading.Invalid invalid -> throw new AssertionError(invalid.problems());
    };
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          envelope and header sender       | MX corp.test at authority
          its address where there is no MX | A corp.test at authority
          its SPF                          | TXT corp.test at authority
          a sender that varies             | MX brand.test at authority
          an SPF include                   | TXT spf.mailer.test at authority
          what that redirects to           | TXT deep.mailer2.test at authority
          a DKIM selector that was learned | TXT s1._domainkey.corp.test at authority
          DMARC                            | TXT _dmarc.corp.test at authority
          where bounces come back to       | A mx.corp.test at authority
          the recipient's domain           | MX other.test at authority
          its MX host                      | A mx.exchanger.test at authority
          over IPv6                        | AAAA mx.exchanger.test at authority
          TLSA                             | TLSA _25._tcp.mx.exchanger.test at authority
          MTA-STS                          | TXT _mta-sts.other.test at authority
          the host of its policy           | A mta-sts.other.test at authority
          TLS-RPT                          | TXT _smtp._tls.other.test at authority
          the relay's name                 | A smtp.corp.test at authority
          a relay that varies              | A smtp2.corp.test at authority
          the mailbox's host               | A imap.other.test at authority
          HELO of the relay's client       | A probe.corp.test at authority
          PTR of an address that sends     | PTR 7.100.51.198.in-addr.arpa at default
          HELO of a host that sends        | A out.corp.test at default
          a hop's name, where it stands    | A hop.inside.test at inner
          and at its own servers           | A hop.inside.test at authority
          the zone's name servers          | NS corp.test at authority
          their addresses                  | A ns1.dnshost.test at authority
          the zone above                   | NS corp.test at parent
          the zone above of an include     | NS mailer.test at parent
          the zone above of the MX host    | NS exchanger.test at parent
          the list of further names        | MX further.test at authority
          what the system's resolver says  | MX corp.test at default
          """)
  void asked(String words, String question) {
    assertThat(WORLD.asked).as(words).contains(question);
  }

  @Test
  void whatIsSwitchedOffIsLeftAlone() {
    assertThat(WORLD.asked).noneMatch(question -> question.contains("asleep.test"));
  }

  @Test
  void policiesPortsAndRegistrationsAreLookedAt() {
    assertThat(LOOKED_AT)
        .contains(
            "policy other.test",
            "TLS mx.exchanger.test",
            "registration corp.test",
            "registration other.test");
  }

  @Test
  void whatFollowsIsFound() {
    assertThat(FINDINGS.of("dns:corp.test"))
        .extracting(Finding::tag)
        .contains("ptr-missing", "helo-mismatch", "registration-expiring");
    assertThat(FINDINGS.of("dns:hop.inside.test"))
        .extracting(Finding::tag)
        .contains("next-hop-gone", "dependency-differs");
  }

  @Test
  void aHostThatSendsIsOneThatAnExchangerSaw() {
    SendingHosts hosts = new SendingHosts(AGENDA);
    EmailAddress sender = EmailAddress.parse("canary@corp.test");
    EmailAddress recipient = EmailAddress.parse("canary@other.test");
    for (String line :
        List.of(
            "from a.test (x [198.51.100.1]) by inner.corp.test with ESMTP; x",
            "from b.test (x [198.51.100.2]) by mx.exchanger.test with ESMTPSA; x",
            "from c.test (x [198.51.100.3]) by in-7.exchanger.test with ESMTPS; x",
            "from d.test (x [198.51.100.4]) by store.other.test with LMTP; x")) {
      hosts.learn(sender, recipient, HandOver.parse(line).orElseThrow());
    }
    Vantage dns = question -> WORLD.ask("default", question, io.mailcanary.resolver.Look.PLAIN);
    assertThat(hosts.of(sender.domain(), dns))
        .extracting(Sender::address)
        .containsExactly(InetAddress.ofLiteral("198.51.100.3"));
    AGENDA.advance(Duration.ofDays(3));
    assertThat(hosts.of(sender.domain(), dns)).isEmpty();
  }
}
