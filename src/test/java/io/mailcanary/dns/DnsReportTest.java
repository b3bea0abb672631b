package io.mailcanary.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The text for a ticket.
class DnsReportTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00.123Z");
  private static final String REST =
      """
      mx.example.org A 203.0.113.25
      _dmarc.example.org TXT "v=DMARC1; p=reject"
      """;
  private static final String HEALTHY =
      REST
          + """
          example.org MX 10 mx.example.org
          example.org TXT "v=spf1 mx -all"
          """;

  private static String report(String zone) {
    TestZone world = TestZone.of("192.0.2.53", zone);
    DomainFacts facts = DomainFacts.of(new DomainName("example.org"), NOW, world).build();
    List<ReceiversView> views =
        List.of(ReceiversView.of(facts.domain(), "192.0.2.53", world, world));
    List<Finding> findings = facts.findings();
    return DnsReport.text(facts, views, findings);
  }

  @Test
  void aHealthyDomainSaysSoInThreeLines() {
    assertThat(report(HEALTHY))
        .isEqualTo(
            """
            example.org is healthy, seen at 2026-11-20T12:00:00Z
            9 of 9 receiver behaviours accept this domain now; its mail goes to mx.example.org (203.0.113.25)
            no findings
            """);
  }

  @Test
  void whatIsGoodToKnowStandsInTheThirdLine() {
    assertThat(report(HEALTHY.replace("_dmarc", "_other")))
        .endsWith("no findings (good to know: dmarc-missing)\n")
        .hasLineCount(3);
  }

  @Test
  void aNameThatBecameAnAliasIsToldInFull() {
    assertThat(
            report(
                REST
                    + """
                    example.org CNAME web.other.test
                    web.other.test A 198.51.100.80
                    web.other.test TXT "v=spf1 ip4:203.0.113.25 -all"
                    """))
        .isEqualTo(
            """
            example.org, seen at 2026-11-20T12:00:00Z

            How receivers judge mail from it, by what 192.0.2.53 says
              R1 MX or address, soft        accept
              R2 MX or address, hard        accept
              R3 reachable target           accept
              R4 MX required, soft          defer     450 No valid MX for your FROM address  [Haraka 3.3.4]
              R5 MX required, hard          reject    550 No valid MX for your FROM address  [Haraka 3.3.4]
              R6 any missing name refuses   accept
              R7 SOA of the organisation    accept
              R8 call-out                   accept
              R9 reachable target, soft     accept
            2 of 9 receiver behaviours would defer (1) or would reject (1) this domain now.
            Receivers that keep to RFC 5321 §5.1 accept: a fraction of the mail fails.

            page mx-missing: MX example.org (RFC 5321 §5.1)
              example.org has an address and no MX record: it is an alias of web.other.test, which has none.
              - MX example.org asked of 192.0.2.53: by alias of web.other.test: no such record (NOERROR, empty)
              - A example.org asked of 192.0.2.53: by alias of web.other.test: 198.51.100.80
              - AAAA example.org asked of 192.0.2.53: by alias of web.other.test: no such record (NOERROR, empty)
              To do: Publish an MX record; where the name became an alias, replace the alias by its records.

            """);
  }

  @Test
  void hostileTextIsShownHarmlessly() {
    String report =
        report(HEALTHY + "example.org TXT \"v=spf1 \u001b[31m" + "x".repeat(5_000) + "\"\n");
    assertThat(report).contains("spf-multiple").doesNotContain("\u001b");
    assertThat(report.lines()).allMatch(line -> line.length() < 4_000);
  }

  @Test
  void theExitGoesByTheWorst() {
    TestZone world = TestZone.of(HEALTHY.replace("example.org MX 10", "example.org MX 0 ."));
    DomainFacts facts = DomainFacts.of(new DomainName("example.org"), NOW, world).build();
    assertThat(DnsReport.severity(List.of(), facts.findings())).isEqualTo(Severity.PAGE);
    assertThat(DnsReport.severity(List.of(), List.of())).isEqualTo(Severity.INFO);
    TestZone partly = TestZone.of(HEALTHY + "example.org MX 20 gone.example.org\n");
    assertThat(
            DnsReport.severity(
                List.of(ReceiversView.of(facts.domain(), "x", partly, partly)), List.of()))
        .isEqualTo(Severity.WARN);
  }
}
