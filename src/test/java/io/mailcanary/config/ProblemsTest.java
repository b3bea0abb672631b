package io.mailcanary.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProblemsTest {
  @TempDir Path folder;

  private static Arguments relay(String keys, String problem) {
    return Arguments.of("relays:\n  x: { %s }\n".formatted(keys), problem);
  }

  private static Arguments mailbox(String keys, String problem) {
    return Arguments.of("mailboxes:\n  x: { %s }\n".formatted(keys), problem);
  }

  private static Arguments path(String keys, String problem) {
    String usual = "via: out, from: a@b.example, to: c@d.example, arrives-in: in";
    return Arguments.of("paths:\n  x: { %s, %s }\n".formatted(keys, usual), problem);
  }

  private static Arguments service(String keys, String problem) {
    return Arguments.of("service: { %s }\n".formatted(keys), problem);
  }

  static Stream<Arguments> single() {
    return Stream.of(
        relay("host: h, prot: 1", "2:17: relays.x.prot: is no known key, did you mean 'port'?"),
        relay("host: h, zzzzzz: 1", "ZZZ"),
        relay("port: 25", "ZZZ"),
        relay("host: 256.1.1.1", "ZZZ"),
        relay("host: a b", "ZZZ"),
        relay("host:", "ZZZ"),
        relay("host: [h]", "ZZZ"),
        relay("host: h, port: 0", "ZZZ"),
        relay("host: h, port: 65536", "ZZZ"),
        relay("host: h, port: smtp", "ZZZ"),
        relay("host: h, protocol: http", "ZZZ"),
        relay("host: h, protocol: lmtp, port: 25", "ZZZ"),
        relay("host: h, protocol: lmtp, tls: implicit", "ZZZ"),
        relay("host: h, tls: maybe", "ZZZ"),
        relay("host: h, tls: none, verify: false", "ZZZ"),
        relay("host: h, tls: none, ca-file: ca.pem", "ZZZ"),
        relay("host: h, ca-file: gone.pem", "ZZZ"),
        relay("host: h, ca-file: empty", "ZZZ"),
        relay("host: h, verify: yes", "ZZZ"),
        relay("host: h, username: u", "ZZZ"),
        relay("host: h, password: swordfish", "ZZZ"),
        relay("host: h, username: u, password: swordfish, password-file: secret", "ZZZ"),
        relay("host: h, username: u, password: swordfish, token-file: secret", "ZZZ"),
        relay("host: h, username: u, password: swordfish, mechanism: XOAUTH2", "ZZZ"),
        relay("host: h, username: u, token: swordfish, mechanism: PLAIN", "ZZZ"),
        relay("host: h, username: u, password: swordfish, mechanism: swordfish", "ZZZ"),
        relay("host: h, username: u, password-file: gone", "ZZZ"),
        relay("host: h, username: u, password-file: empty", "ZZZ"),
        relay("host: h, username: u, password-file: two-lines", "ZZZ"),
        relay("host: h, username: u, password-file: .", "ZZZ"),
        relay("host: h, each-address: true", "ZZZ"),
        relay("host: h, limit: 0", "ZZZ"),
        relay("host: h, bind-address: example.com", "ZZZ"),
        relay("host: h, reply-timeout: 0s", "ZZZ"),
        relay("host: '${GONE}'", "ZZZ"),
        relay("host: h, port: '${WORD}'", "ZZZ"),
        relay("host: '${'", "ZZZ"),
        Arguments.of("relays: { mx: { host: h } }", "ZZZ"),
        Arguments.of("relays: { Big: { host: h } }", "ZZZ"),
        Arguments.of("relays: { out: { host: h } }", "ZZZ"),
        Arguments.of("relays: { x: h }", "ZZZ"),
        Arguments.of("relays: [h]", "ZZZ"),
        mailbox("protocol: smtp, listen: '0.0.0.0:2525'", "ZZZ"),
        mailbox("protocol: nntp", "ZZZ"),
        mailbox("host: h", "ZZZ"),
        mailbox("host: h, username: u, password: p, trusted-hosts: [a]", "ZZZ"),
        mailbox("host: h, username: u, password: p, reply: true", "ZZZ"),
        mailbox("host: h, username: u, password: p, policy: strict", "ZZZ"),
        mailbox("host: h, username: u, password: p, directory: /d", "ZZZ"),
        mailbox("protocol: pop3, host: h, username: u, password: p, folders: [INBOX]", "ZZZ"),
        mailbox("protocol: maildir", "ZZZ"),
        mailbox("protocol: maildir, directory: /d, folders: []", "ZZZ"),
        mailbox("protocol: maildir, directory: /d, folders: [A, A]", "ZZZ"),
        mailbox("protocol: maildir, directory: /d, folders: INBOX", "ZZZ"),
        Arguments.of("resolvers: { default: { servers: [dns.example] } }", "ZZZ"),
        Arguments.of("resolvers: { default: { servers: [system, 192.0.2.1] } }", "ZZZ"),
        Arguments.of("resolvers: { default: { servers: ['192.0.2.1:0'] } }", "ZZZ"),
        path("every: 5 parsecs", "ZZZ"),
        path("every: 100ms", "ZZZ"),
        path("every: 5m, cron: '0 * * * * ?'", "ZZZ"),
        path("cron: '0 */5 * * *'", "ZZZ"),
        path("cron: '0 0 0 30 2 ?'", "ZZZ"),
        path("kind: round-trip", "ZZZ"),
        path("kind: sideways", "ZZZ"),
        path("vary: { size: [4KB] }", "ZZZ"),
        path("depends-on: []", "ZZZ"),
        path("expect: { authentication: { spf: pass } }", "ZZZ"),
        path("expect: { outcome: bounced }", "ZZZ"),
        path("expect: { within: 10m }", "ZZZ"),
        path("expect: { overdue-after: 20s }", "ZZZ"),
        path("expect: { lost-after: 1m }", "ZZZ"),
        path("expect: { lost-after: 20d }", "ZZZ"),
        path("expect: { folder: Spam }", "ZZZ"),
        path("return-path: verp, bounces-to: gone", "ZZZ"),
        path("confirm: { canaries: 21 }", "ZZZ"),
        path("alert: { page: 4 of 3 }", "ZZZ"),
        path("alert: { page: most }", "ZZZ"),
        path("message: { size: 51MB }", "ZZZ"),
        path("message: { size: 4kb }", "ZZZ"),
        path("message: { template: gone.eml }", "ZZZ"),
        path("message: { size: 4KB, template: letter.eml }", "ZZZ"),
        path("labels: { 'a b': c }", "ZZZ"),
        path("runbook: 'javascript:alert(1)'", "ZZZ"),
        path("sites: ['a b']", "ZZZ"),
        Arguments.of(
            "paths:\n  x: { via: oot, from: a@b.example, to: nobody, arrives-in: zzz }\n", "ZZZ"),
        Arguments.of(
            "paths:\n  x: { via: mx, from: a@b.example, to: a@b.example, arrives-in: in }\n",
            "ZZZ"),
        Arguments.of(
            "paths:\n  x: { via: out, from: a234567@b.example, to: a@b.example, arrives-in: in,"
                + " return-path: verp }\n",
            "ZZZ"),
        service("listen: 0.0.0.0", "ZZZ"),
        service("listen: localhost", "ZZZ"),
        service("tokens: [{ name: a, sha256: swordfish, rights: [read] }]", "ZZZ"),
        service("tokens: [{ name: a, sha256: swordfish, rights: [] }, 1]", "ZZZ"),
        service("metrics-from: [10.0.0.0/33]", "ZZZ"),
        service("signing-keys: [{ id: K-1, secret: swordfishswordfish }]", "ZZZ"),
        service("signing-keys: [{ id: k1, secret: swordfish }]", "ZZZ"),
        service("signing-keys: [{ id: k1 }]", "ZZZ"),
        service(
            "signing-keys: [{ id: k1, secret: swordfishswordfish }, { id: k1, secret:"
                + " fishswordfishsword }]",
            "ZZZ"),
        service("retain: { canaries: 1d }", "ZZZ"),
        service("base-url: probe.example", "ZZZ"),
        Arguments.of("dns: { every: 60s }", "ZZZ"),
        Arguments.of("pathes: {}", "ZZZ"),
        Arguments.of("just words", "ZZZ"),
        Arguments.of("relays: { a: { host: h }, a: { host: h } }", "ZZZ"),
        Arguments.of("relays: { x: { host: *swordfish } }", "ZZZ"),
        Arguments.of("relays: { x: { host: !swordfish h } }", "ZZZ"),
        Arguments.of("relays: { x: { host: !s!wordfish h } }", "ZZZ"),
        Arguments.of("relays:\n  x: {\n", "ZZZ"),
        Arguments.of("relays:\n\tx: 1\n", "ZZZ"),
        Arguments.of("relays: 1\n---\nrelays: 2\n", "ZZZ"),
        Arguments.of("relays: { ? [a] : b }", "ZZZ"),
        Arguments.of("a: \"\\U7fffffff\"", "ZZZ"),
        Arguments.of("a: \u0007", "ZZZ"));
  }

  @ParameterizedTest
  @MethodSource
  void single(String text, String problem) {
    Probes probes =
        new Probes(folder)
            .with("a.yaml", text)
            .with("w.yaml", Probes.WORLD)
            .with("z.yaml", Probes.PATH)
            .with("empty", "\n")
            .with("secret", "swordfish\n")
            .with("two-lines", "sword\nfish\n")
            .with("letter.eml", "Subject: x\n\nx\n")
            .with("ca.pem", Probes.certificate())
            .variable("WORD", "swordfish");
    System.err.println("Q " + probes.problems());
    assertThat(probes.problems()).containsExactly(problem.lines().toArray(String[]::new));
  }
}
