/// The built-in mail world: DNS, mail servers and mailboxes in this process, for the demo and for
/// tests.
///
/// - `NameServer` serves `Zones` (text files beside the classes) like a resolver that knows them
///   all.
/// - `MailServer` plays a `Role` (submission, hub, border, store): takes mail by SMTP, writes a
///   trace line, queues it in its `Spool`, and hands it on by `SmtpTransfer` to where `NextHops`
///   says.
/// - `Mailboxes` keeps what arrives; `GatewayProxy` stands before them, ends TLS, can freeze or
///   shut.
///
/// What goes wrong goes wrong on the wire: a `Script` refuses, a `Zone` loses a record, a door is
/// shut, a server shows another certificate. Everything is in memory and bounded.
@NullMarked
package io.mailcanary.world;

import org.jspecify.annotations.NullMarked;
