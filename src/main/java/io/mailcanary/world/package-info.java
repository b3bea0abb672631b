/// The built-in mail world: DNS, mail servers and mailboxes in this process, for the demo, drills
/// and tests.
///
/// - `WorldDns` is a resolver (`Recursion`), two servers of the zones of those who mail and one of
///   what is above them (`Authority`). Each zone is a text file beside the classes; a
///   `PublishedZone` gets a new edition, with a serial of its own, when a `ZoneEdit` changes it.
/// - `MailServer` plays a `Role` (submission, hub, border, store): takes mail by SMTP, writes a
///   trace line, queues it in its `Spool`, which tries again, warns and bounces (`DeliveryNotice`);
///   its `Courier` hands it on by `SmtpTransfer` to where `NextHops` says, or files it. Some
///   receivers look at the sender's domain (`SenderCheck`).
/// - `Mailboxes` keeps what arrives; `GatewayProxy` stands before them, ends TLS, can freeze or
///   shut.
///
/// What goes wrong goes wrong on the wire (`FaultEffects`): a `Script` refuses, a zone loses a
/// record, a `Filing` drops mail, a door is shut, a server shows another certificate. `InForce`
/// keeps what holds now, so that faults can overlap. Everything is in memory and bounded; `Pace`
/// says how patient the servers are.
///
/// `SimulatedWorld` is the same world without sockets and threads, on somebody else's clock, for
/// drills: zones, roles, notices, trace lines and faults are the same, `SimulatedDns` answers from
/// the zones by address, `SimulatedServer` does by an agenda what server, spool and courier do by
/// threads. A scenario adds zones and hosts, and an `Act` is what can be done to all of it.
@NullMarked
package io.mailcanary.world;

import org.jspecify.annotations.NullMarked;
