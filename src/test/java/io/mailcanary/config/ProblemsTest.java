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
        relay(
            "host: h, prot: 1",
            "a.yaml:2:17: relays.x.prot: is no known key, did you mean 'protocol'?"),
        relay(
            "host: h, zzzzzz: 1",
            "a.yaml:2:17: relays.x.zzzzzz: is no known key, expected one of bind-address, ca-file, connect-timeout, each-address, helo, host, limit, mechanism, password, password-file, port, protocol, reply-timeout, tls, token, token-file, username, verify"),
        relay(
            "port: 25",
            "a.yaml:2:3: relays.x.host: is missing, expected a host name or an IP address"),
        relay(
            "host: 256.1.1.1",
            "a.yaml:2:14: relays.x.host: '256.1.1.1' is no host name and no IP address, expected a host name or an IP address"),
        relay(
            "host: a b",
            "a.yaml:2:14: relays.x.host: 'a b' is no domain name: labels are letters, digits and hyphens, 63 at most, expected a host name or an IP address"),
        relay(
            "host:",
            "a.yaml:2:13: relays.x.host: has no value, expected a host name or an IP address"),
        relay(
            "host: [h]",
            "a.yaml:2:14: relays.x.host: is a list, expected a host name or an IP address"),
        relay(
            "host: h, port: 0",
            "a.yaml:2:23: relays.x.port: '0' is not in range, expected a whole number from 1 to 65535"),
        relay(
            "host: h, port: 65536",
            "a.yaml:2:23: relays.x.port: '65536' is not in range, expected a whole number from 1 to 65535"),
        relay(
            "host: h, port: smtp",
            "a.yaml:2:23: relays.x.port: 'smtp' is no whole number in range, expected a whole number from 1 to 65535"),
        relay(
            "host: h, protocol: http",
            "a.yaml:2:27: relays.x.protocol: 'http' is not known here, expected one of smtp, lmtp"),
        relay(
            "host: h, protocol: lmtp, port: 25",
            "a.yaml:2:39: relays.x.port: '25' is not for LMTP (RFC 2033 §5), expected another port"),
        relay(
            "host: h, protocol: lmtp, tls: implicit",
            "a.yaml:2:3: relays.x.port: is missing, expected the port that speaks LMTP with TLS from the first byte: there is no usual one"),
        relay(
            "host: h, tls: maybe",
            "a.yaml:2:22: relays.x.tls: 'maybe' is not known here, expected one of none, opportunistic, starttls, implicit"),
        relay(
            "host: h, tls: none, verify: false",
            "a.yaml:2:36: relays.x.verify: has no use with 'tls: none', expected another tls or no verify"),
        relay(
            "host: h, tls: none, ca-file: ca.pem",
            "a.yaml:2:37: relays.x.ca-file: has no use with 'tls: none', expected another tls or no ca-file"),
        relay(
            "host: h, ca-file: gone.pem",
            "a.yaml:2:26: relays.x.ca-file: the file cannot be read: there is no such file, expected a readable file"),
        relay(
            "host: h, ca-file: empty",
            "a.yaml:2:26: relays.x.ca-file: the file holds no certificate, expected a readable file of PEM certificates"),
        relay(
            "host: h, verify: yes",
            "a.yaml:2:25: relays.x.verify: 'yes' is neither, expected true or false"),
        relay(
            "host: h, username: u",
            "a.yaml:2:3: relays.x.password-file: is missing, expected it, password, token-file or token"),
        relay(
            "host: h, password: swordfish",
            "a.yaml:2:27: relays.x.password: stands without a user, expected username beside it"),
        relay(
            "host: h, username: u, password: swordfish, password-file: secret",
            "a.yaml:2:66: relays.x.password-file: stands beside password, expected one of the two"),
        relay(
            "host: h, username: u, password: swordfish, token-file: secret",
            "a.yaml:2:63: relays.x.token-file: stands beside a password, expected one of the two"),
        relay(
            "host: h, username: u, password: swordfish, mechanism: XOAUTH2",
            "a.yaml:2:62: relays.x.mechanism: 'XOAUTH2' takes no password, expected token-file or token"),
        relay(
            "host: h, username: u, token: swordfish, mechanism: PLAIN",
            "a.yaml:2:59: relays.x.mechanism: 'PLAIN' takes no token, expected XOAUTH2"),
        relay(
            "host: h, username: u, password: swordfish, mechanism: CRAM-MD5",
            "a.yaml:2:62: relays.x.mechanism: 'CRAM-MD5' is not known here, expected one of PLAIN, LOGIN, XOAUTH2"),
        relay(
            "host: h, username: u, password-file: gone",
            "a.yaml:2:45: relays.x.password-file: the file cannot be read: there is no such file, expected a readable file"),
        relay(
            "host: h, username: u, password-file: empty",
            "a.yaml:2:45: relays.x.password-file: the file is empty, expected a readable file with one line of UTF-8 text"),
        relay(
            "host: h, username: u, password-file: two-lines",
            "a.yaml:2:45: relays.x.password-file: the file holds more or something else, expected a readable file with one line of UTF-8 text"),
        relay(
            "host: h, username: u, password-file: .",
            "a.yaml:2:45: relays.x.password-file: the file cannot be read: it is a folder, expected a readable file"),
        relay(
            "host: h, each-address: maybe",
            "a.yaml:2:31: relays.x.each-address: 'maybe' is neither, expected true or false"),
        relay(
            "host: h, limit: 0",
            "a.yaml:2:24: relays.x.limit: '0' is not in range, expected a whole number from 1 to 1000"),
        relay(
            "host: h, bind-address: example.com",
            "a.yaml:2:31: relays.x.bind-address: 'example.com' is no IP address, expected an IP address"),
        relay(
            "host: h, reply-timeout: 0s",
            "a.yaml:2:32: relays.x.reply-timeout: '0s' is not in range, expected a duration such as 250ms, 30s, 5m, 2h or 7d, from 1ms to 1h"),
        relay(
            "host: '${GONE}'",
            "a.yaml:2:14: relays.x.host: needs the environment variable GONE, which is not set, expected it or ${GONE:default}"),
        relay(
            "host: h, port: '${WORD}'",
            "a.yaml:2:23: relays.x.port: the value of '${WORD}' does not fit, expected a whole number from 1 to 65535"),
        relay(
            "host: '${'",
            "a.yaml:2:14: relays.x.host: has '${' without a name and a closing brace, expected ${NAME}, ${NAME:default}, or $${ for the characters themselves"),
        Arguments.of(
            "relays: { mx: { host: h } }",
            "a.yaml:1:11: relays.mx: is a word with a meaning in via, expected another name"),
        Arguments.of(
            "relays: { Big: { host: h } }",
            "a.yaml:1:11: relays.Big: is no name of a relay, expected 1 to 100 lower-case letters, digits, dots, hyphens and underscores, a letter or digit first"),
        Arguments.of(
            "relays: { out: { host: h } }",
            "w.yaml:2:3: relays.out: is defined at a.yaml:1:11 already, expected a name of its own"),
        Arguments.of(
            "relays: { x: h }", "a.yaml:1:14: relays.x: has no keys, expected the keys of a relay"),
        Arguments.of(
            "relays: [h]", "a.yaml:1:9: relays: has no names, expected a name for each relay"),
        mailbox(
            "protocol: smtp",
            "a.yaml:2:3: mailboxes.x.listen: is missing, expected an IP address with a port such as 0.0.0.0:2525 or [::1]:2525"),
        mailbox(
            "protocol: smtp, listen: '0.0.0.0'",
            "a.yaml:2:32: mailboxes.x.listen: '0.0.0.0' is no address with a port, expected an IP address with a port such as 0.0.0.0:2525 or [::1]:2525"),
        mailbox(
            "protocol: lmtp, listen: 'localhost:24'",
            "a.yaml:2:32: mailboxes.x.listen: 'localhost:24' is no address with a port, expected an IP address with a port such as 0.0.0.0:2525 or [::1]:2525"),
        mailbox(
            "protocol: smtp, listen: '127.0.0.1:25', policy: hard",
            "a.yaml:2:56: mailboxes.x.policy: 'hard' is not known here, expected one of accept, greylist, strict"),
        mailbox(
            "protocol: smtp, listen: '127.0.0.1:25', profile: R10",
            "a.yaml:2:57: mailboxes.x.profile: 'R10' is no receiver we know, expected R1 to R9, M1 to M19, CISCO, YAHOO or SPAMDYKE"),
        mailbox(
            "protocol: smtp, listen: '127.0.0.1:25', policy: accept, profile: R3",
            "a.yaml:2:73: mailboxes.x.profile: stands beside another policy, expected 'policy: strict' or none"),
        mailbox(
            "protocol: smtp, listen: '127.0.0.1:25', policy: accept, greylist: 60s",
            "a.yaml:2:74: mailboxes.x.greylist: stands beside another policy, expected 'policy: greylist' or none"),
        mailbox(
            "protocol: smtp, listen: '127.0.0.1:25', answers: { rcpt: 250 2.1.5 fine }",
            "a.yaml:2:65: mailboxes.x.answers.rcpt: '250 2.1.5 fine' is no refusal, expected a refusal such as 451 4.3.2 later"),
        mailbox(
            "protocol: smtp, listen: '127.0.0.1:25', answers: { quit: 451 no }",
            "a.yaml:2:59: mailboxes.x.answers.quit: is no known key, expected one of connect, data, end-of-data, helo, mail, rcpt"),
        mailbox(
            "protocol: smtp, listen: '127.0.0.1:25', delay: 5m",
            "a.yaml:2:55: mailboxes.x.delay: '5m' is not in range, expected a duration such as 250ms, 30s, 5m, 2h or 7d, from 0s to 4m"),
        Arguments.of(
            "mailboxes:\n  one: { protocol: smtp, listen: '127.0.0.1:2525' }\n  two: { protocol: lmtp, listen: '127.0.0.1:2525' }",
            "a.yaml:3:3: mailboxes.two.listen: is where mailbox 'one' listens, expected another port"),
        Arguments.of(
            "queues: { q: { relay: out, type: postfix } }",
            "a.yaml:1:11: queues.q.command: is missing, expected a command or a file"),
        Arguments.of(
            "queues: { q: { relay: out, type: postfix, command: [postqueue], file: q } }",
            "a.yaml:1:71: queues.q.file: stands beside command, expected one of the two"),
        Arguments.of(
            "queues: { q: { relay: gone, type: postfix, file: q } }",
            "a.yaml:1:23: queues.q.relay: 'gone' names no relay, expected one of out"),
        Arguments.of(
            "queues: { q: { relay: out, type: qmail, file: q } }",
            "a.yaml:1:34: queues.q.type: 'qmail' is not known here, expected one of postfix, exim"),
        Arguments.of(
            "queues: { q: { relay: out, type: exim, command: exim -bp } }",
            "a.yaml:1:49: queues.q.command: is no list, expected a program and its arguments, such as [postqueue, -j]"),
        mailbox(
            "protocol: nntp",
            "a.yaml:2:18: mailboxes.x.protocol: 'nntp' is not known here, expected one of imap, pop3, maildir, smtp, lmtp"),
        mailbox(
            "host: h",
            "a.yaml:2:3: mailboxes.x.password-file: is missing, expected it, password, token-file or token\na.yaml:2:3: mailboxes.x.username: is missing, expected a user name of one line"),
        mailbox(
            "host: h, username: u, password: p, trusted-hosts: [a b]",
            "a.yaml:2:59: mailboxes.x.trusted-hosts[0]: 'a b' is no domain name: labels are letters, digits and hyphens, 63 at most, expected a host name, or *.example.com for every host below"),
        mailbox(
            "host: h, username: u, password: p, reply: yes",
            "a.yaml:2:50: mailboxes.x.reply: 'yes' is neither, expected true or false"),
        mailbox(
            "host: h, username: u, password: p, policy: strict",
            "a.yaml:2:43: mailboxes.x.policy: is for 'protocol: smtp', this is 'protocol: imap'; expected another protocol or no such key"),
        mailbox(
            "host: h, username: u, password: p, directory: /d",
            "a.yaml:2:43: mailboxes.x.directory: is for 'protocol: maildir', this is 'protocol: imap'; expected another protocol or no such key"),
        mailbox(
            "protocol: pop3, host: h, username: u, password: p, folders: [INBOX]",
            "a.yaml:2:59: mailboxes.x.folders: is for 'protocol: imap', this is 'protocol: pop3'; expected another protocol or no such key"),
        mailbox(
            "protocol: maildir",
            "a.yaml:2:3: mailboxes.x.directory: is missing, expected the path of a Maildir"),
        mailbox(
            "protocol: maildir, directory: /d, folders: []",
            "a.yaml:2:51: mailboxes.x.folders: has 0 items, expected a list of folders such as [INBOX, Junk]"),
        mailbox(
            "protocol: maildir, directory: /d, folders: [A, A]",
            "a.yaml:2:55: mailboxes.x.folders[1]: stands in the list twice, expected once"),
        mailbox(
            "protocol: maildir, directory: /d, folders: INBOX",
            "a.yaml:2:51: mailboxes.x.folders: is no list, expected a list of folders such as [INBOX, Junk]"),
        Arguments.of(
            "resolvers: { default: { servers: [dns.example] } }",
            "a.yaml:1:35: resolvers.default.servers[0]: 'dns.example' is no address of a name server, expected system, an IP address, or one with a port such as 192.0.2.53:53 or [2001:db8::53]:53"),
        Arguments.of(
            "resolvers: { default: { servers: [system, 192.0.2.1] } }",
            "a.yaml:1:34: resolvers.default.servers: has 'system' beside others, expected it alone or addresses"),
        Arguments.of(
            "resolvers: { default: { servers: ['192.0.2.1:0'] } }",
            "a.yaml:1:35: resolvers.default.servers[0]: '192.0.2.1:0' is an address with an impossible port, expected system, an IP address, or one with a port such as 192.0.2.53:53 or [2001:db8::53]:53"),
        path(
            "every: 5 parsecs",
            "a.yaml:2:15: paths.x.every: '5 parsecs' is no duration, expected a duration such as 250ms, 30s, 5m, 2h or 7d, from 250ms to 31d"),
        path(
            "every: 100ms",
            "a.yaml:2:15: paths.x.every: '100ms' is not in range, expected a duration such as 250ms, 30s, 5m, 2h or 7d, from 250ms to 31d"),
        path(
            "every: 5m, cron: '0 * * * * ?'",
            "a.yaml:2:25: paths.x.cron: stands beside every, expected one of the two"),
        path(
            "cron: '0 */5 * * *'",
            "a.yaml:2:14: paths.x.cron: '0 */5 * * *' is no cron expression at character 12 (Unexpected end of expression.), expected six or seven fields from seconds on, as Quartz reads them, such as 0 */5 * * * ?"),
        path(
            "cron: '0 0 0 30 2 ?'",
            "a.yaml:2:14: paths.x.cron: '0 0 0 30 2 ?' is a time that never comes, expected six or seven fields from seconds on, as Quartz reads them, such as 0 */5 * * * ?"),
        path(
            "kind: sideways",
            "a.yaml:2:14: paths.x.kind: 'sideways' is not known here, expected one of internal, outbound, inbound, round-trip"),
        path(
            "vary: { size: [] }",
            "a.yaml:2:22: paths.x.vary.size: has 0 items, expected a list of sizes such as [4KB, 8MB]"),
        path(
            "vary: { via: [out, oot] }",
            "a.yaml:2:27: paths.x.vary.via[1]: 'oot' names no relay, did you mean 'out'?"),
        path(
            "vary: { family: [any] }",
            "a.yaml:2:25: paths.x.vary.family[0]: 'any' is not known here, expected one of ipv4, ipv6"),
        path(
            "vary: { size: [1B, 2B, 3B, 4B, 5B, 6B, 7B, 8B, 9B], family: [ipv4, ipv6],"
                + " via: [out, mx, each-mx], from: [a@b.example, b@b.example] }",
            "a.yaml:2:14: paths.x.vary: makes 108 combinations, expected 64 at most: they take turns"),
        path(
            "vary: { size: [4KB] }, message: { template: letter.eml }",
            "a.yaml:2:22: paths.x.vary.size: stands beside message.template, expected one of the two"),
        path(
            "direct: { helo: probe.campus.example }",
            "a.yaml:2:16: paths.x.direct: has no use with a relay, expected 'via: mx' or 'via: each-mx'"),
        path(
            "direct: { tls: none, verify: true }, vary: { via: [mx] }",
            "a.yaml:2:37: paths.x.direct.verify: has no use with 'tls: none', expected another tls or no verify"),
        path(
            "depends-on: [{ type: A }]",
            "a.yaml:2:21: paths.x.depends-on[0].name: is missing, expected a domain name"),
        path(
            "depends-on: [{ name: 192.0.2.1 }]",
            "a.yaml:2:29: paths.x.depends-on[0].name: '192.0.2.1' is no host name and no IP address, expected a domain name"),
        path(
            "depends-on: [{ name: a.example, type: ANY }]",
            "a.yaml:2:46: paths.x.depends-on[0].type: 'ANY' is no record type, expected one of A, AAAA, MX, TXT, CNAME, SRV, PTR, NS, TLSA"),
        path(
            "depends-on: [{ name: a.example, resolver: outside }]",
            "a.yaml:2:50: paths.x.depends-on[0].resolver: 'outside' names no resolver, expected one of default"),
        path(
            "expect: { authentication: { spf: fine } }",
            "a.yaml:2:41: paths.x.expect.authentication.spf: 'fine' is not known here, expected one of pass, fail, softfail, neutral, none, policy, temperror, permerror"),
        path(
            "expect: { outcome: lost }",
            "a.yaml:2:27: paths.x.expect.outcome: 'lost' is not known here, expected one of delivered, rejected, bounced, misfiled"),
        path(
            "expect: { within: 10m }",
            "a.yaml:2:26: paths.x.expect.within: within (10m) is longer than overdue-after (5m), expected within <= overdue-after <= lost-after"),
        path(
            "expect: { overdue-after: 20s }",
            "a.yaml:2:33: paths.x.expect.overdue-after: within (30s) is longer than overdue-after (20s), expected within <= overdue-after <= lost-after"),
        path(
            "expect: { lost-after: 1m }",
            "a.yaml:2:30: paths.x.expect.lost-after: overdue-after (5m) is longer than lost-after (1m), expected within <= overdue-after <= lost-after"),
        path(
            "expect: { lost-after: 20d }",
            "a.yaml:2:3: paths.x.expect.lost-after: is 20d, expected no more than canaries are kept (service.retain.canaries: 14d)"),
        path(
            "expect: { folder: Spam }",
            "a.yaml:2:26: paths.x.expect.folder: 'Spam' is not watched in mailbox 'in', expected INBOX, or a folder listed in its folders"),
        path(
            "return-path: verp, bounces-to: gone",
            "a.yaml:2:39: paths.x.bounces-to: 'gone' names no mailbox, expected one of in"),
        path(
            "confirm: { canaries: 21 }",
            "a.yaml:2:29: paths.x.confirm.canaries: '21' is not in range, expected a whole number from 0 to 20"),
        path(
            "alert: { page: 4 of 3 }",
            "a.yaml:2:23: paths.x.alert.page: '4 of 3' is an impossible share, expected how many of how many, such as 2 of 3, 100 at most"),
        path(
            "alert: { page: most }",
            "a.yaml:2:23: paths.x.alert.page: 'most' is no share, expected how many of how many, such as 2 of 3, 100 at most"),
        path(
            "message: { size: 51MB }",
            "a.yaml:2:25: paths.x.message.size: '51MB' is not in range, expected a size such as 500B, 4KB or 8MB (1KB is 1024 bytes), from 1B to 50MB"),
        path(
            "message: { size: 4kb }",
            "a.yaml:2:25: paths.x.message.size: '4kb' is no size, expected a size such as 500B, 4KB or 8MB (1KB is 1024 bytes), from 1B to 50MB"),
        path(
            "message: { template: gone.eml }",
            "a.yaml:2:29: paths.x.message.template: the file cannot be read: there is no such file, expected a readable file"),
        path(
            "message: { size: 4KB, template: letter.eml }",
            "a.yaml:2:40: paths.x.message.template: stands beside size, expected one of the two"),
        path(
            "labels: { 'a b': c }",
            "a.yaml:2:18: paths.x.labels.a b: is no name that fits, expected 32 names at most, of letters, digits, dots, hyphens and underscores, with a text each"),
        path(
            "runbook: 'javascript:alert(1)'",
            "a.yaml:2:17: paths.x.runbook: 'javascript:alert(1)' is no address of a page, expected an address such as https://wiki.example/mail"),
        path(
            "sites: ['a b']",
            "a.yaml:2:16: paths.x.sites[0]: 'a b' is no name of a site, expected the name of a site"),
        Arguments.of(
            "paths:\n  x: { via: oot, from: a@b.example, to: nobody, arrives-in: zzz }\n",
            "a.yaml:2:13: paths.x.via: 'oot' names no relay, did you mean 'out'?\na.yaml:2:41: paths.x.to: 'nobody' is no mail address, expected a mail address such as canary@example.com\na.yaml:2:61: paths.x.arrives-in: 'zzz' names no mailbox, expected one of in"),
        Arguments.of(
            "paths:\n  x: { via: mxs, from: a@b.example, to: a@b.example, arrives-in: in }\n",
            "a.yaml:2:13: paths.x.via: 'mxs' names no relay, expected one of out"),
        Arguments.of(
            "paths:\n  x: { via: out, from: a234567@b.example, to: a@b.example, arrives-in: in,"
                + " return-path: verp }\n",
            "a.yaml:2:24: paths.x.from: has a local part too long for 'return-path: verp', expected 6 characters at most before the at sign"),
        service(
            "listen: 0.0.0.0",
            "a.yaml:1:20: service.listen: is reachable from other hosts without any token, expected a loopback address, tokens, an OpenID provider or 'public-read: true'"),
        service(
            "listen: localhost",
            "a.yaml:1:20: service.listen: 'localhost' is no IP address, expected an IP address"),
        service(
            "tokens: [{ name: a, sha256: swordfish, rights: [read] }]",
            "a.yaml:1:40: service.tokens[0].sha256: is no SHA-256 digest, expected 64 hexadecimal digits"),
        service(
            "tokens: [{ name: a, sha256: swordfish, rights: [] }, 1]",
            "a.yaml:1:40: service.tokens[0].sha256: is no SHA-256 digest, expected 64 hexadecimal digits\na.yaml:1:59: service.tokens[0].rights: has 0 items, expected a list of read and act\na.yaml:1:65: service.tokens[1]: has no keys, expected the keys of a token: name, sha256, rights"),
        service(
            "metrics-from: [10.0.0.0/33]",
            "a.yaml:1:27: service.metrics-from[0]: '10.0.0.0/33' is no network, expected a network such as 10.0.0.0/8 or 2001:db8::/32, or one IP address"),
        service(
            "signing-keys: [{ id: K-1, secret: swordfishswordfish }]",
            "a.yaml:1:33: service.signing-keys[0].id: 'K-1' is no id of a key, expected 1 to 8 lower-case letters and digits"),
        service(
            "signing-keys: [{ id: k1, secret: swordfish }]",
            "a.yaml:1:45: service.signing-keys[0].secret: is too short, expected 16 bytes at least"),
        service(
            "signing-keys: [{ id: k1 }]",
            "a.yaml:1:27: service.signing-keys[0].secret-file: is missing, expected it or secret"),
        service(
            "signing-keys: [{ id: k1, secret: swordfishswordfish }, { id: k1, secret:"
                + " fishswordfishsword }]",
            "a.yaml:1:26: service.signing-keys: has 'k1' twice, expected different names"),
        service(
            "retain: { canaries: 1d }",
            "a.yaml:1:32: service.retain.canaries: '1d' is not in range, expected a duration such as 250ms, 30s, 5m, 2h or 7d, from 10d to 3660d"),
        service(
            "receiver-limit: 0",
            "a.yaml:1:28: service.receiver-limit: '0' is not in range, expected a whole number from 1 to 1000000"),
        Arguments.of(
            """
            paths:
              x: { every: 250ms, via: out, from: a@b.example, to: c@d.example, arrives-in: in }
              y: { every: 250ms, via: out, from: a@b.example, to: e@D.example, arrives-in: in }
              z: { every: 1h, via: out, from: a@b.example, to: c@other.example, arrives-in: in }
            service: { receiver-limit: 500 }
            """,
            "a.yaml:3:3: paths.y.every: makes it 480 canaries a minute to d.example, expected at most nine tenths of service.receiver-limit (500)"),
        service(
            "base-url: probe.example",
            "a.yaml:1:22: service.base-url: 'probe.example' is no address of a page, expected an address such as https://wiki.example/mail"),
        Arguments.of(
            "dns: { every: 10m }",
            "a.yaml:1:1: dns.sweep: is shorter than every, expected 10m at least"),
        Arguments.of(
            "dns: { every: 5ms }",
            "a.yaml:1:15: dns.every: '5ms' is not in range, expected a duration such as 250ms, 30s, 5m, 2h or 7d, from 1s to 1d"),
        Arguments.of(
            "dns: { watch: [a.example, 'a b'] }",
            "a.yaml:1:27: dns.watch[1]: 'a b' is no domain name: labels are letters, digits and hyphens, 63 at most, expected a domain name"),
        Arguments.of(
            "dns: { public-networks: [ten] }",
            "a.yaml:1:26: dns.public-networks[0]: 'ten' is no network, expected a network such as 10.0.0.0/8 or 2001:db8::/32, or one IP address"),
        Arguments.of(
            "dns: {}\ndns: {}",
            "a.yaml:2:1: dns: stands here twice, first in line 1, expected once"),
        Arguments.of(
            "pathes: {}", "a.yaml:1:1: pathes: is no known section, did you mean 'paths'?"),
        Arguments.of(
            "just words",
            "a.yaml:1:1: yaml: has no sections, expected relays, mailboxes, resolvers, paths, queues, dns or service"),
        Arguments.of(
            "relays: { a: { host: h }, a: { host: h } }",
            "a.yaml:1:27: relays.a: stands here twice, first in line 1, expected once"),
        Arguments.of(
            "relays: { x: { host: *swordfish } }",
            "a.yaml:1:22: yaml: has an alias without an anchor, expected quotes round a text that starts with '*'"),
        Arguments.of(
            "relays: { x: { host: !swordfish h } }",
            "a.yaml:1:22: relays.x.host: has a tag, expected a value without one"),
        Arguments.of(
            "relays: { x: { host: !s!wordfish h } }",
            "a.yaml:1:22: yaml: has a tag, expected a value without one, or quotes round a text that starts with '!'"),
        Arguments.of(
            "relays: { x: { host: ${HOST} } }",
            "a.yaml:1:23: yaml: is no YAML: found a brace here, expected quotes round a ${NAME}"
                + " within { } or [ ]"),
        Arguments.of(
            "relays:\n  x: {\n",
            "a.yaml:3:1: yaml: is no YAML: while parsing a flow node, expected the node content, but found '<stream end>'"),
        Arguments.of(
            "relays:\n\tx: 1\n",
            "a.yaml:2:1: yaml: is no YAML: while scanning for the next token, found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)"),
        Arguments.of(
            "relays: 1\n---\nrelays: 2\n",
            "a.yaml:2:1: yaml: is no YAML: expected a single document in the stream, but found another document"),
        Arguments.of(
            "relays: { ? [a] : b }",
            "a.yaml:1:13: relays: has a key that is no text, expected a word"),
        Arguments.of(
            "a: \"\\U7fffffff\"",
            "a.yaml:1:7: yaml: is no YAML: while scanning a double-quoted scalar, found unknown escape character 7fffffff"),
        Arguments.of(
            "a: \u0007",
            "a.yaml:1:4: yaml: holds a character that YAML does not allow, expected printable text"));
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
    assertThat(probes.problems()).containsExactly(problem.lines().toArray(String[]::new));
  }

  @Test
  void tenFaultsAreTenProblemsInOrder() {
    Probes probes =
        new Probes(folder)
            .with(
                "a.yaml",
                """
                relays:
                  campus-out:
                    host: smtp.campus.example
                    port: 70000
                    tls: always
                    username: canary
                    password-file: gone
                mailboxes:
                  hosted:
                    protocol: imap
                    host: imap.hosted.example
                    username: canary
                    password: ${HOSTED}
                    folder: INBOX
                """)
            .with(
                "b.yaml",
                """
                paths:
                  campus-to-hosted:
                    every: 5 parsecs
                    via: campus-uot
                    from: canary@campus.example
                    to: canary
                    arrives-in: hosted
                    expect: { within: 10m }
                  campus-to-hosted: {}
                """)
            .with("c.yaml", "paths: [\n");
    assertThat(probes.problems())
        .containsExactly(
            "a.yaml:4:11: relays.campus-out.port: '70000' is not in range, expected a whole number from 1 to 65535",
            "a.yaml:5:10: relays.campus-out.tls: 'always' is not known here, expected one of none, opportunistic, starttls, implicit",
            "a.yaml:7:20: relays.campus-out.password-file: the file cannot be read: there is no such file, expected a readable file",
            "a.yaml:13:15: mailboxes.hosted.password: needs the environment variable HOSTED, which is not set, expected it or ${HOSTED:default}",
            "a.yaml:14:5: mailboxes.hosted.folder: is no known key, did you mean 'folders'?",
            "b.yaml:3:12: paths.campus-to-hosted.every: '5 parsecs' is no duration, expected a duration such as 250ms, 30s, 5m, 2h or 7d, from 250ms to 31d",
            "b.yaml:4:10: paths.campus-to-hosted.via: 'campus-uot' names no relay, did you mean 'campus-out'?",
            "b.yaml:6:9: paths.campus-to-hosted.to: 'canary' is no mail address, expected a mail address such as canary@example.com",
            "b.yaml:8:23: paths.campus-to-hosted.expect.within: within (10m) is longer than overdue-after (5m), expected within <= overdue-after <= lost-after",
            "b.yaml:9:3: paths.campus-to-hosted: stands here twice, first in line 2, expected once",
            "c.yaml:2:1: yaml: is no YAML: while parsing a flow node, expected the node content, but found '<stream end>'");
  }

  @Test
  void aFolderMustBeThere() {
    Reading reading = ProbeFolder.read(folder.resolve("gone"), _ -> java.util.Optional.empty());
    assertThat(reading)
        .isInstanceOfSatisfying(
            Reading.Invalid.class,
            invalid ->
                assertThat(invalid.problems())
                    .extracting(Problem::toString)
                    .containsExactly(
                        folder.resolve("gone")
                            + ":1:1: folder: there is no such folder, expected a folder of probe"
                            + " files"));
  }

  @Test
  void aFolderWithoutAPathIsAFault() {
    assertThat(new Probes(folder).with("w.yaml", Probes.WORLD).problems())
        .containsExactly(
            "FOLDER:1:1: paths: is missing, expected at least one path in the *.yaml files of this"
                + " folder");
  }

  @Test
  void filesAreNamedAsTheUserNamedTheFolder() throws Exception {
    Path here = Path.of("").toAbsolutePath();
    Path relative = here.relativize(folder.toRealPath());
    Files.writeString(folder.resolve("a.yaml"), "x: 1\n");
    Reading reading = ProbeFolder.read(relative, _ -> java.util.Optional.empty());
    assertThat(reading)
        .isInstanceOfSatisfying(
            Reading.Invalid.class,
            invalid ->
                assertThat(invalid.problems().getFirst().toString())
                    .startsWith(relative + "/a.yaml:1:1: x: "));
  }
}
