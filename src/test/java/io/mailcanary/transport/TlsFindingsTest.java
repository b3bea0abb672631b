package io.mailcanary.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import io.mailcanary.transport.MailPort.Mode;
import io.mailcanary.transport.MailPort.Speech;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsFindingsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // sentence | lived so far, days | left, hours | verified | tag | severity | words
        "a month and a day is long            | 60 | 744 | true  | -                         | -    | -",
        "thirty days                          | 60 | 720 | true  | certificate-expires-soon  | INFO | in 30 days (within 30 days)",
        "fourteen days                        | 60 | 336 | true  | certificate-expires-soon  | WARN | in 14 days (within 14 days)",
        "a week                               | 60 | 168 | true  | certificate-expires-soon  | WARN | in 7 days (within 7 days)",
        "the last day                         | 60 | 5   | true  | certificate-expires-soon  | WARN | in 5 hours (within 7 days)",
        "over                                 | 60 | 0   | true  | certificate-expired       | PAGE | has been expired since",
        "over, and nobody looks               | 60 | 0   | false | certificate-expired       | INFO | has been expired since",
        "a certificate of a week, new         | 0  | 160 | true  | certificate-expires-soon  | INFO | in 6 days",
        "a certificate of a week, near its end | 5 | 40  | true  | certificate-expires-soon  | WARN | in 1 day",
        "from tomorrow on                     | -1 | 900 | true  | certificate-not-yet-valid | PAGE | is not valid before",
      })
  void dates(
      String sentence,
      int lived,
      int left,
      boolean verified,
      String tag,
      Severity severity,
      String words) {
    ServedCertificate certificate =
        certificate(
            "mx.a.example",
            NOW.minus(Duration.ofDays(lived)),
            NOW.plus(Duration.ofHours(left)),
            "EC",
            256,
            "SHA256withECDSA");
    List<Finding> findings = TlsFindings.of(port(verified), List.of(served(certificate)), NOW);
    if (tag == null) {
      assertThat(findings).as(sentence).isEmpty();
      return;
    }
    assertThat(findings)
        .as(sentence)
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.tag()).isEqualTo(tag);
          assertThat(finding.severity()).isEqualTo(severity);
          assertThat(finding.message()).contains(words);
        });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "the very name                 | mx.a.example   | mx.a.example    | true",
        "whatever its case             | MX.a.Example.  | mx.a.example    | true",
        "a star for one label          | *.a.example    | mx.a.example    | true",
        "a star is not two labels      | *.a.example    | x.mx.a.example  | false",
        "a star is not none            | *.a.example    | a.example       | false",
        "a star within a label is none | m*.a.example   | mx.a.example    | false",
        "another name                  | mx.b.example   | mx.a.example    | false",
        "an address                    | 192.0.2.1      | 192.0.2.1       | true",
      })
  void names(String sentence, String name, String host, boolean fits) {
    ServedCertificate certificate =
        certificate(name, NOW.minusSeconds(60), NOW.plusSeconds(60), "EC", 256, "SHA256withECDSA");
    assertThat(certificate.isFor(host)).as(sentence).isEqualTo(fits);
  }

  @ParameterizedTest(name = "{0} of {1} bits, {2}")
  @CsvSource({
    "RSA, 1024, SHA256withRSA, true",
    "RSA, 2048, SHA1withRSA, true",
    "RSA, 2048, MD5withRSA, true",
    "RSA, 2048, SHA256withRSA, false",
    "EC, 192, SHA256withECDSA, true",
    "EC, 256, SHA384withECDSA, false",
    "EdDSA, 256, Ed25519, false"
  })
  void weakKeys(String algorithm, int bits, String signature, boolean weak) {
    ServedCertificate certificate =
        certificate(
            "mx.a.example",
            NOW.minus(Duration.ofDays(10)),
            NOW.plus(Duration.ofDays(60)),
            algorithm,
            bits,
            signature);
    assertThat(TlsFindings.of(port(true), List.of(served(certificate)), NOW))
        .extracting(Finding::tag)
        .isEqualTo(weak ? List.of("certificate-weak") : List.of());
  }

  @Test
  void anotherCertificateIsNewsOnceAndServersThatTakeTurnsAreNone() {
    PortLook old = served(until(20));
    PortLook next = served(until(80));
    CertificateBook book = CertificateBook.EMPTY.see(List.of(old), NOW).book();
    assertThat(CertificateBook.fromText(book.toText())).isEqualTo(truncated(book));

    CertificateBook.Outcome renewed = book.see(List.of(next), NOW.plusSeconds(3600));
    assertThat(renewed.news())
        .hasValueSatisfying(news -> {
          assertThat(news.before()).singleElement().asString().contains("2026-12-12");
          assertThat(news.after()).singleElement().asString().contains("2027-02-10");
          assertThat(news.addresses()).containsExactly("192.0.2.1");
        });
    CertificateBook both = renewed.book();
    assertThat(both.see(List.of(next), NOW.plusSeconds(7200)).news()).isEmpty();
    assertThat(both.see(List.of(old), NOW.plusSeconds(7200)).news()).isEmpty();
    assertThat(
            both.see(List.of(new PortLook.Unknown("192.0.2.1", "silent")), NOW.plusSeconds(7200))
                .news())
        .isEmpty();
  }

  @Test
  void eachFaultHasItsPage() throws IOException {
    Path pages = Path.of("src/main/docs/tls-findings");
    for (TlsFault fault : TlsFault.values()) {
      String page = Files.readString(pages.resolve(fault.tag() + ".md"));
      assertThat(page).as(fault.tag()).startsWith("# " + fault.tag() + "\n");
      assertThat(page.replaceAll("\\s+", " "))
          .as(fault.tag())
          .contains(fault.rfc(), fault.advice());
    }
    assertThat(Files.readString(pages.resolve("authentication-lost.md")))
        .startsWith("# authentication-lost\n");
    List<String> tags =
        Stream.concat(
                Stream.of(TlsFault.values()).map(TlsFault::tag), Stream.of("authentication-lost"))
            .toList();
    try (Stream<Path> all = Files.list(pages)) {
      assertThat(all.map(page -> page.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(Stream.of("index.md"), tags.stream().map(tag -> tag + ".md")).toList());
    }
    assertThat(Files.readAllLines(pages.resolve("index.md")))
        .filteredOn(line -> line.startsWith("| ["))
        .extracting(line -> line.substring(3, line.indexOf(']')))
        .containsExactlyElementsOf(tags);
  }

  private static CertificateBook truncated(CertificateBook book) {
    return CertificateBook.fromText(book.toText());
  }

  private static MailPort port(boolean verified) {
    return new MailPort("mx.a.example", 25, Speech.SMTP, Mode.REQUIRED, verified, List.of());
  }

  private static ServedCertificate until(int days) {
    return certificate(
        "mx.a.example",
        NOW.minus(Duration.ofDays(10)),
        NOW.plus(Duration.ofDays(days)),
        "EC",
        256,
        "SHA256withECDSA");
  }

  private static PortLook served(ServedCertificate certificate) {
    return new PortLook.Served(
        "192.0.2.1",
        "TLSv1.3",
        "TLS_AES_128_GCM_SHA256",
        List.of(certificate),
        Optional.empty(),
        EnumSet.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3),
        List.of());
  }

  private static ServedCertificate certificate(
      String name, Instant from, Instant to, String algorithm, int bits, String signature) {
    return new ServedCertificate(
        "CN=" + name,
        "CN=authority",
        List.of(name),
        from,
        to,
        algorithm,
        bits,
        signature,
        false,
        "%016x".formatted(to.getEpochSecond()),
        "00");
  }
}
