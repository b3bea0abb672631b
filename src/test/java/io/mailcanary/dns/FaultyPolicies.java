package io.mailcanary.dns;

import static io.mailcanary.dns.FindingRow.row;
import static io.mailcanary.dns.FindingScene.KEY;
import static io.mailcanary.dns.FindingScene.POLICY;
import static io.mailcanary.dns.FindingScene.rsa;
import static io.mailcanary.dns.FindingScene.scene;
import static io.mailcanary.dns.FindingScene.served;

import io.mailcanary.dns.DomainFacts.PolicyFetch;
import io.mailcanary.dns.DomainFacts.Served;
import io.mailcanary.mail.Severity;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// SPF, DKIM, DMARC and transport policies with a fault each.
final class FaultyPolicies {
  private FaultyPolicies() {}

  static Stream<FindingRow> spf() {
    return Stream.of(
        row("spf-missing", "there is none", spfOf("")),
        row("spf-multiple", "two", scene().with("example.org TXT \"v=spf1 -all\"")),
        row(
            "spf-multiple",
            "two at an included name",
            scene().with("spf.other.test TXT \"v=spf1 -all\"")),
        row("spf-syntax", "an unknown mechanism", spfOf("v=spf1 ipv4:203.0.113.25 -all")),
        row("spf-syntax", "a broken network", spfOf("v=spf1 ip4:203.0.113.256 -all")),
        row("spf-syntax", "no space behind the version", spfOf("v=spf1,ip4:203.0.113.25 -all")),
        row(
            "spf-too-many-lookups",
            "eleven",
            spfOf(
                "v=spf1 "
                    + Stream.iterate(1, i -> i < 12, i -> i + 1)
                        .map(i -> "a:out.example.org")
                        .collect(Collectors.joining(" "))
                    + " -all")),
        row("spf-near-limit", "nine", spfOf("v=spf1 " + "a:out.example.org ".repeat(9) + "-all")),
        row(
            "spf-too-many-void",
            "three names that are gone",
            spfOf("v=spf1 ip4:203.0.113.25 a:x1.test a:x2.test a:x3.test -all")),
        row(
            "spf-include-missing",
            "the included name does not exist",
            spfOf("v=spf1 ip4:203.0.113.25 include:nowhere.test -all"),
            Severity.PAGE,
            "does not exist: whoever registers it may send"),
        row(
            "spf-include-missing",
            "the included name has no SPF",
            spfOf("v=spf1 ip4:203.0.113.25 include:mx2.other.test -all"),
            Severity.PAGE,
            "has no SPF record"),
        row(
            "spf-include-missing",
            "so does a redirect",
            spfOf("v=spf1 ip4:203.0.113.25 redirect=mx2.other.test")),
        row(
            "spf-loop",
            "it includes itself by another",
            spfOf("v=spf1 ip4:203.0.113.25 include:loop.test -all")
                .with("loop.test TXT \"v=spf1 include:example.org -all\"")),
        row(
            "spf-unresolvable",
            "an include cannot be asked for",
            scene().without("spf.other.test").with("spf.other.test TXT !SERVFAIL")),
        row(
            "spf-too-many-mx",
            "eleven MX hosts behind an mx term",
            spfOf("v=spf1 ip4:203.0.113.25 mx:many.test -all")
                .with(
                    Stream.iterate(1, i -> i < 12, i -> i + 1)
                        .map(i -> "many.test MX 10 mx%d.many.test".formatted(i))
                        .collect(Collectors.joining("\n")))),
        row(
            "spf-long",
            "many tokens beside",
            scene()
                .with(
                    "example.org TXT \"token="
                        + "x".repeat(240)
                        + "\" \""
                        + "y".repeat(200)
                        + "\"")),
        row("spf-allows-all", "it ends in +all", spfOf("v=spf1 ip4:203.0.113.25 +all")),
        row("spf-ptr", "it uses ptr", spfOf("v=spf1 ip4:203.0.113.25 ptr -all")),
        row(
            "spf-sender-unlisted",
            "the sending address fails",
            spfOf("v=spf1 ip4:192.0.2.1 -all"),
            Severity.PAGE,
            "203.0.113.25"),
        row(
            "spf-sender-unlisted",
            "the sending address fails softly",
            spfOf("v=spf1 ip4:192.0.2.1 ~all"),
            Severity.WARN,
            "softfail"));
  }

  static FindingScene spfOf(String text) {
    FindingScene scene = scene().without("example.org TXT \"v=spf1");
    return text.isEmpty() ? scene : scene.with("example.org TXT \"" + text + "\"");
  }

  static Stream<FindingRow> dkim() {
    String name = "sel._domainkey.example.org";
    return Stream.of(
        row("dkim-missing", "the key is gone", scene().without(name)),
        row("dkim-revoked", "p= is empty", dkimOf("\"v=DKIM1; p=\"")),
        row("dkim-multiple", "two keys", scene().with(name + " TXT \"v=DKIM1; p=" + KEY + "\"")),
        row("dkim-malformed", "a key of another kind", dkimOf("\"v=DKIM1; k=dsa; p=AAAA\"")),
        row("dkim-malformed", "no base64", dkimOf("\"v=DKIM1; p=!!!\"")),
        row("dkim-malformed", "no key record", dkimOf("hello")),
        row("dkim-weak", "512 bits", dkimOf("\"v=DKIM1; p=" + rsa(512) + "\"")),
        row("dkim-mismatch", "another key", dkimOf("\"v=DKIM1; p=" + rsa(2_048) + "\"")),
        row(
            "dkim-alias-dangling",
            "the provider has taken it away",
            scene().without(name).with(name + " CNAME sel.provider.test")),
        row("dkim-unresolvable", "it cannot be asked for", dkimOf("!SERVFAIL")));
  }

  static FindingScene dkimOf(String data) {
    return scene().without("sel._domainkey").with("sel._domainkey.example.org TXT " + data);
  }

  static Stream<FindingRow> dmarc() {
    return Stream.of(
        row("dmarc-missing", "there is none", scene().without("_dmarc")),
        row("dmarc-multiple", "two", scene().with("_dmarc.example.org TXT \"v=DMARC1; p=none\"")),
        row("dmarc-syntax", "a policy that is none", dmarcOf("v=DMARC1; p=rejekt")),
        row("dmarc-syntax", "a comma for a semicolon", dmarcOf("v=DMARC1, p=reject")),
        row("dmarc-syntax", "an address without mailto", dmarcOf("v=DMARC1; p=none; rua=a@b.c")),
        row("dmarc-policy-missing", "no p=", dmarcOf("v=DMARC1; rua=mailto:d@example.org")),
        row("dmarc-old-tags", "pct", dmarcOf("v=DMARC1; p=reject; pct=50")),
        row(
            "dmarc-reports-unauthorised",
            "the target has not agreed",
            dmarcOf("v=DMARC1; p=none; rua=mailto:d@reports.test")));
  }

  static FindingScene dmarcOf(String text) {
    return scene().without("_dmarc").with("_dmarc.example.org TXT \"" + text + "\"");
  }

  static Stream<FindingRow> transport() {
    return Stream.of(
        row("mta-sts-record", "no id", stsOf("\"v=STSv1;\"")),
        row("mta-sts-record", "two", scene().with("_mta-sts.example.org TXT \"v=STSv1; id=2\"")),
        row(
            "mta-sts-unfetchable",
            "the certificate has expired",
            scene()
                .more(b ->
                    b.mtaSts(
                        new PolicyFetch(
                            "https://x", Optional.empty(), Optional.of("certificate expired"))))),
        row("mta-sts-policy", "no mode", scene().policy(POLICY.replace("mode", "made"))),
        row("mta-sts-policy", "a web page", scene().policy("<html>")),
        row(
            "mta-sts-mx-mismatch",
            "it permits none",
            scene().policy(POLICY.replace("*.example.org", "a.test").replace("mx2", "mx3")),
            Severity.PAGE,
            "does not permit any"),
        row(
            "mta-sts-mx-mismatch",
            "it permits one of two",
            scene().policy(POLICY.replace("mx2", "mx3")),
            Severity.WARN,
            "mx2.other.test"),
        row(
            "mta-sts-mx-mismatch",
            "a star is one label",
            scene()
                .policy(POLICY)
                .with("example.org MX 30 a.b.example.org\na.b.example.org A 203.0.113.26"),
            Severity.WARN,
            "a.b.example.org"),
        row(
            "mta-sts-certificate",
            "one address shows another's certificate",
            scene()
                .policy(POLICY)
                .more(b ->
                    b.served(
                        List.of(
                            served("010203"),
                            new Served(
                                new DnsName("mx1.example.org"),
                                InetAddress.ofLiteral("203.0.113.99"),
                                List.of(),
                                Optional.empty(),
                                Optional.of("its certificate is for www.example.org"))))),
            Severity.PAGE,
            "mx1.example.org (203.0.113.99): its certificate is for www.example.org"),
        row(
            "mta-sts-certificate",
            "no TLS, while the policy is tried out",
            scene()
                .policy(POLICY.replace("enforce", "testing"))
                .more(b -> b.served(List.of(served("")))),
            Severity.WARN,
            "STARTTLS not offered"),
        row(
            "tls-rpt-record",
            "no rua",
            scene().without("_smtp._tls").with("_smtp._tls.example.org TXT \"v=TLSRPTv1;\"")));
  }

  static FindingScene stsOf(String data) {
    return scene().without("_mta-sts").with("_mta-sts.example.org TXT " + data);
  }
}
