package io.mailcanary.dns;

import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.util.List;
import java.util.Locale;

/// All findings about a mail domain. Each has its page among the documents.
public enum FindingKind {
  NAME_MISSING(
      Severity.PAGE,
      "",
      "RFC 2308 §2.1",
      "The name does not exist",
      "Put the name back, or mend the alias that leads to it; look at what changed the zone last."),
  MAIL_RECORDS_MISSING(
      Severity.PAGE,
      "MX",
      "RFC 5321 §5.1",
      "The name has neither MX nor address",
      "Publish an MX record that names the mail host."),
  MX_MISSING(
      Severity.PAGE,
      "MX",
      "RFC 5321 §5.1",
      "The name has an address and no MX",
      "Publish an MX record; where the name became an alias, replace the alias by its records."),
  CNAME_CONFLICT(
      Severity.PAGE,
      "CNAME",
      "RFC 2181 §10.1",
      "An alias stands beside other records",
      "Take the alias away and give the name the address records of its target."),
  DOMAIN_ALIAS(
      Severity.WARN,
      "CNAME",
      "RFC 1034 §3.6.2",
      "The mail domain is an alias",
      "Give the domain records of its own."),
  MX_TARGET_MISSING(
      Severity.PAGE,
      "MX",
      "RFC 5321 §5.1",
      "No MX host has an address",
      "Give the MX hosts their addresses back, or name others."),
  MX_TARGET_PARTLY_MISSING(
      Severity.WARN,
      "MX",
      "RFC 5321 §5.1",
      "Some MX hosts have no address",
      "Mend the addresses of these hosts, or take them out of the MX set."),
  MX_TARGET_UNRESOLVABLE(
      Severity.PAGE,
      "MX",
      "RFC 5321 §5.1",
      "Addresses of MX hosts cannot be asked for",
      "Tell who runs the zone of the MX host; see the findings about its servers and signatures."),
  MX_TARGET_ALIAS(
      Severity.WARN,
      "MX",
      "RFC 2181 §10.3",
      "An MX host is an alias",
      "Name the host that the alias points at."),
  MX_TARGET_ADDRESS(
      Severity.PAGE,
      "MX",
      "RFC 1035 §3.3.9",
      "An MX record holds an address",
      "Give the address a host name, and name that in the MX."),
  MX_TARGET_ILLEGAL(
      Severity.WARN, "MX", "RFC 1123 §2.1", "An MX record holds no host name", "Rename the host."),
  MX_TARGET_LOOPBACK(
      Severity.PAGE,
      "MX",
      "RFC 6890 §2.2.2",
      "Mail is sent to where nobody else can reach",
      "Publish the address that the world reaches; keep inner addresses in an inner view."),
  MX_TARGET_IPV6_ONLY(
      Severity.WARN,
      "AAAA",
      "RFC 3974 §2",
      "The MX hosts have IPv6 addresses alone",
      "Add an IPv4 address, or an MX that has one."),
  NULL_MX(
      Severity.PAGE,
      "MX",
      "RFC 7505 §4.2",
      "A domain that sends says that it takes no mail",
      "Take the null MX away, or send from another domain."),
  NULL_MX_MIXED(
      Severity.PAGE,
      "MX",
      "RFC 7505 §3",
      "A null MX stands beside others",
      "Take the record with the single dot away, or all the others."),
  LOOKUP_FAILING(
      Severity.PAGE,
      "",
      "RFC 8914 §4",
      "What mail needs cannot be asked for",
      "See the findings about the zone's servers and signatures; tell who runs them."),
  TYPE_UNANSWERED(
      Severity.PAGE,
      "",
      "RFC 4074 §4",
      "A server that knows the zone does not answer one type",
      "Mend or replace that name server."),
  SERVER_SILENT(
      Severity.WARN,
      "SOA",
      "RFC 2182 §3.1",
      "A name server does not answer",
      "Start it, open UDP and TCP port 53 to it, or take it out of the delegation."),
  SERVERS_ALL_SILENT(
      Severity.PAGE,
      "SOA",
      "RFC 2182 §3.1",
      "No name server of the zone answers",
      "Bring one of them back; look at the delegation and at the network before them."),
  SERVER_LAME(
      Severity.WARN,
      "SOA",
      "RFC 1912 §2.8",
      "A name server does not know the zone",
      "Load the zone there, or take the server out of the delegation and the zone."),
  SERVER_WITHOUT_ADDRESS(
      Severity.WARN,
      "NS",
      "RFC 1035 §3.3.11",
      "A name server has no address",
      "Mend the host's address, or take it out of the delegation and the zone."),
  SERVER_WITHOUT_TCP(
      Severity.WARN,
      "SOA",
      "RFC 7766 §5",
      "A name server does not answer over TCP",
      "Open TCP port 53."),
  SERVERS_DISAGREE(
      Severity.PAGE,
      "",
      "RFC 1034 §4.3.5",
      "The zone's servers give different mail records",
      "Bring all servers to the newest serial; look why the transfer failed."),
  SERIALS_DIFFER(
      Severity.INFO,
      "SOA",
      "RFC 1982 §3.2",
      "The zone's servers stand at different serials",
      "If it lasts, look why the secondary does not transfer."),
  SERIAL_STUCK(
      Severity.WARN,
      "SOA",
      "RFC 1982 §3.2",
      "A server is behind by what cannot be a transfer",
      "Raise the primary's serial by steps of less than half the circle, or load the zone afresh at the secondary."),
  DELEGATION_MISMATCH(
      Severity.WARN,
      "NS",
      "RFC 1034 §4.2.2",
      "Parent and zone name different servers",
      "Bring the delegation at the registry in line with the zone's own NS set."),
  DELEGATION_MISSING(
      Severity.PAGE,
      "NS",
      "RFC 1034 §4.2.1",
      "The parent does not delegate the zone",
      "Ask the registrar."),
  GLUE_MISMATCH(
      Severity.WARN,
      "A",
      "RFC 1034 §4.2.1",
      "The parent hands out other addresses of a name server",
      "Correct the host record at the registrar."),
  GLUE_MISSING(
      Severity.WARN,
      "A",
      "RFC 9471 §2.1",
      "The parent lacks the address of a server inside the zone",
      "Register the host's address at the registrar."),
  DNSSEC_BOGUS(
      Severity.PAGE,
      "DNSKEY",
      "RFC 4035 §5",
      "Signatures do not hold",
      "Sign the zone afresh, or take the DS record out at the parent until it is."),
  DNSSEC_DS_MISMATCH(
      Severity.PAGE,
      "DS",
      "RFC 4035 §5.2",
      "The parent's DS fits none of the zone's keys",
      "Publish the DS of the key in use, or remove the DS; mind its time to live."),
  DNSSEC_EXPIRED(
      Severity.PAGE,
      "",
      "RFC 4034 §3.1.5",
      "A server hands out signatures out of their time",
      "Sign again, see that the server gets the signed zone, and check its clock."),
  DNSSEC_EXPIRING(
      Severity.WARN,
      "",
      "RFC 6781 §4.4.2",
      "Signatures are about to expire and were not renewed",
      "Look why the signer does not run."),
  TTL_SHORT(
      Severity.INFO,
      "",
      "RFC 2181 §8",
      "A mail record lives less than a minute",
      "Raise it to an hour when no change is planned."),
  TTL_LONG(
      Severity.INFO,
      "",
      "RFC 2181 §8",
      "A mail record lives longer than a day",
      "Lower it to a few hours."),
  TTL_STRETCHED(
      Severity.INFO,
      "",
      "RFC 2181 §8",
      "A resolver keeps a record longer than it lives",
      "Look at the resolver's minimum time to live, or at who answers in its place."),
  NEGATIVE_TTL_LONG(
      Severity.INFO,
      "SOA",
      "RFC 2308 §5",
      "That a record is missing is remembered for over an hour",
      "Lower the last number of the SOA to some minutes."),
  REGISTRATION_EXPIRING(
      Severity.WARN,
      "",
      "RFC 9083 §4.5",
      "The registration of the domain runs out",
      "Renew it, and check the registrar's means of payment."),
  REGISTRATION_EXPIRED(
      Severity.PAGE,
      "",
      "RFC 9083 §4.5",
      "The registration of the domain has run out",
      "Renew it now."),
  REGISTRATION_HOLD(
      Severity.PAGE,
      "",
      "RFC 8056 §2",
      "The registry has put the domain on hold",
      "Ask the registrar why: an unanswered verification, a payment, a complaint."),
  WILDCARD_MASKS(
      Severity.WARN,
      "",
      "RFC 4592 §2.2",
      "A wildcard answers for what is not there",
      "Narrow the wildcard, or watch the answer's content rather than its being."),
  SPF_MISSING(
      Severity.INFO,
      "TXT",
      "RFC 7208 §3",
      "The sending domain has no SPF record",
      "Publish one that lists the sending hosts."),
  SPF_MULTIPLE(
      Severity.PAGE,
      "TXT",
      "RFC 7208 §4.5",
      "There is more than one SPF record",
      "Merge them into one record."),
  SPF_SYNTAX(
      Severity.PAGE, "TXT", "RFC 7208 §4.6", "The SPF record cannot be read", "Correct the term."),
  SPF_TOO_MANY_LOOKUPS(
      Severity.PAGE,
      "TXT",
      "RFC 7208 §4.6.4",
      "SPF needs more than ten look-ups",
      "Drop includes that are not needed, or list networks instead."),
  SPF_NEAR_LIMIT(
      Severity.WARN,
      "TXT",
      "RFC 7208 §4.6.4",
      "SPF is close to its limits",
      "Make room before that happens."),
  SPF_TOO_MANY_VOID(
      Severity.PAGE,
      "TXT",
      "RFC 7208 §4.6.4",
      "SPF asks for more than two names that are not there",
      "Take the terms out whose names are gone."),
  SPF_INCLUDE_MISSING(
      Severity.PAGE,
      "TXT",
      "RFC 7208 §5.2",
      "SPF includes a domain without an SPF record",
      "Take the include out."),
  SPF_LOOP(Severity.PAGE, "TXT", "RFC 7208 §4.6.4", "SPF includes itself", "Break the circle."),
  SPF_UNRESOLVABLE(
      Severity.WARN,
      "TXT",
      "RFC 7208 §4.4",
      "A part of SPF cannot be asked for",
      "See the findings about that name's servers, or tell who runs them."),
  SPF_TOO_MANY_MX(
      Severity.PAGE,
      "TXT",
      "RFC 7208 §4.6.4",
      "An mx term of SPF names a domain with more than ten MX hosts",
      "List the networks instead."),
  SPF_LONG(
      Severity.WARN,
      "TXT",
      "RFC 7208 §3.4",
      "The TXT records of the name are long",
      "Move other TXT records to names of their own, and shorten SPF by an include."),
  SPF_ALLOWS_ALL(
      Severity.WARN,
      "TXT",
      "RFC 7208 §5.1",
      "SPF lets everybody send",
      "End it with ~all or -all."),
  SPF_PTR(
      Severity.INFO, "TXT", "RFC 7208 §5.5", "SPF uses the ptr term", "List the networks instead."),
  SPF_SENDER_UNLISTED(
      Severity.WARN,
      "TXT",
      "RFC 7208 §2.6",
      "SPF does not cover a host that sends",
      "Add the address."),
  DKIM_MISSING(
      Severity.PAGE,
      "TXT",
      "RFC 6376 §3.6.2",
      "The DKIM key of a selector in use is gone",
      "Publish the key again, or sign with a selector that is there."),
  DKIM_REVOKED(
      Severity.PAGE,
      "TXT",
      "RFC 6376 §3.6.1",
      "The DKIM key of a selector in use is revoked",
      "Sign with another selector, or publish the key again."),
  DKIM_MULTIPLE(
      Severity.WARN,
      "TXT",
      "RFC 6376 §3.6.2.2",
      "A selector has several records",
      "Leave one, and use another selector for another key."),
  DKIM_MALFORMED(
      Severity.PAGE,
      "TXT",
      "RFC 6376 §3.6.1",
      "A DKIM key record cannot be read",
      "Publish it again, whole; long keys are split into strings without a break in the base64."),
  DKIM_WEAK(
      Severity.WARN,
      "TXT",
      "RFC 8301 §3.2",
      "A DKIM key is too short",
      "Roll over to a key of 2048 bits."),
  DKIM_MISMATCH(
      Severity.PAGE,
      "TXT",
      "RFC 6376 §6.1.2",
      "The published DKIM key is not the signer's",
      "Publish the signer's key, or give the signer the old one back."),
  DKIM_ALIAS_DANGLING(
      Severity.PAGE,
      "CNAME",
      "RFC 6376 §3.6.2",
      "The alias of a DKIM key leads nowhere",
      "Ask the provider for the present name, or publish a key of your own."),
  DKIM_UNRESOLVABLE(
      Severity.WARN,
      "TXT",
      "RFC 6376 §6.1.2",
      "A DKIM key cannot be asked for",
      "See the findings about that name's servers."),
  DMARC_MISSING(
      Severity.INFO,
      "TXT",
      "RFC 9989 §4",
      "There is no DMARC record",
      "Start with v=DMARC1; p=none and a rua address."),
  DMARC_MULTIPLE(
      Severity.WARN, "TXT", "RFC 9989 §4", "There is more than one DMARC record", "Leave one."),
  DMARC_SYNTAX(
      Severity.WARN,
      "TXT",
      "RFC 9989 §4.7",
      "The DMARC record cannot be read as it was meant",
      "Correct the tag."),
  DMARC_POLICY_MISSING(
      Severity.WARN, "TXT", "RFC 7489 §6.3", "The DMARC record has no policy", "Add p=."),
  DMARC_OLD_TAGS(
      Severity.INFO,
      "TXT",
      "RFC 9989 §4",
      "The DMARC record uses tags that are gone",
      "Take them out; use t=y while trying a policy out."),
  DMARC_REPORTS_UNAUTHORISED(
      Severity.WARN,
      "TXT",
      "RFC 9990 §4",
      "The place that DMARC reports go to has not agreed",
      "Have the other domain publish v=DMARC1 at that name."),
  MTA_STS_RECORD(
      Severity.WARN,
      "TXT",
      "RFC 8461 §3.1",
      "The MTA-STS record cannot be read",
      "Publish exactly one record, v=STSv1; id=…"),
  MTA_STS_UNFETCHABLE(
      Severity.WARN,
      "TXT",
      "RFC 8461 §3.3",
      "The MTA-STS policy cannot be fetched",
      "Mend the web server or its certificate; a redirect does not count."),
  MTA_STS_POLICY(
      Severity.WARN,
      "TXT",
      "RFC 8461 §3.2",
      "The MTA-STS policy cannot be read",
      "Correct version, mode, mx and max_age."),
  MTA_STS_MX_MISMATCH(
      Severity.PAGE,
      "MX",
      "RFC 8461 §4.1",
      "The MTA-STS policy does not permit MX hosts of the domain",
      "Add the hosts to the policy first, then change its id."),
  MTA_STS_CERTIFICATE(
      Severity.PAGE,
      "MX",
      "RFC 8461 §4.2",
      "An MX host serves what the MTA-STS policy does not allow",
      "Give the host a certificate of a public authority in its own name, or set the policy to testing until it has one."),
  DANE_INSECURE(
      Severity.WARN,
      "TLSA",
      "RFC 7672 §2.2",
      "TLSA records that nobody may believe",
      "Sign the zones involved, or take the records out."),
  DANE_UNRESOLVABLE(
      Severity.PAGE,
      "TLSA",
      "RFC 7672 §2.1.1",
      "The TLSA records of an MX host cannot be asked for",
      "Mend the servers or signatures of that zone; some servers fail for types that they do not know."),
  DANE_UNUSABLE(
      Severity.WARN,
      "TLSA",
      "RFC 7672 §3.1",
      "TLSA records that mail cannot use",
      "Publish 3 1 1 with the digest of the key."),
  DANE_MISMATCH(
      Severity.PAGE,
      "TLSA",
      "RFC 7672 §3.1",
      "The certificate served does not fit the TLSA records",
      "Publish the new key's record beside the old one, two times to live before the certificate changes."),
  DANE_NO_TLS(
      Severity.PAGE,
      "TLSA",
      "RFC 7672 §2.2",
      "A host with TLSA records offers no TLS",
      "Switch STARTTLS on."),
  TLS_RPT_RECORD(
      Severity.WARN,
      "TXT",
      "RFC 8460 §3",
      "The TLS reporting record cannot be read",
      "Publish exactly one record, v=TLSRPTv1; rua=mailto:…"),
  PTR_MISSING(
      Severity.PAGE,
      "PTR",
      "RFC 1912 §2.1",
      "A sending address has no name",
      "Have who holds the network publish a PTR record."),
  PTR_MISMATCH(
      Severity.PAGE,
      "PTR",
      "RFC 8601 §2.7.3",
      "The name of a sending address does not lead back to it",
      "Give the PTR's name that address, or point the PTR at the host's name."),
  PTR_UNRESOLVABLE(
      Severity.WARN,
      "PTR",
      "RFC 8601 §2.7.3",
      "The name of a sending address cannot be asked for",
      "Tell who runs the reverse zone."),
  HELO_MISMATCH(
      Severity.WARN,
      "A",
      "RFC 5321 §4.1.4",
      "The name that a sending host gives in HELO does not lead to it",
      "Let it call itself by the name of its PTR record."),
  NEXT_HOP_GONE(
      Severity.PAGE,
      "A",
      "RFC 5321 §5.1",
      "The name of a next hop does not resolve",
      "Put the name back; until then give the relay the address, and see that it holds."),
  NEXT_HOP_BY_NAME(
      Severity.WARN,
      "A",
      "RFC 5321 §4.5.4.1",
      "A next hop is named, and nothing holds the mail when the name is gone",
      "Name the next hop by address, or add the rule that makes the relay hold."),
  DEPENDENCY_DIFFERS(
      Severity.PAGE,
      "",
      "RFC 1034 §3.6",
      "A name that a hop uses does not say what it should",
      "Mend the record, or the expectation in the probe file."),
  RESOLVERS_DISAGREE(
      Severity.WARN,
      "MX",
      "RFC 1034 §4.3.5",
      "Resolvers see different mail records",
      "Look at the authoritative servers; flush the resolver that is behind.");

  private final Severity severity;
  private final String type;
  private final String rfc;
  private final String title;
  private final String advice;

  FindingKind(Severity severity, String type, String rfc, String title, String advice) {
    this.severity = severity;
    this.type = type;
    this.rfc = rfc;
    this.title = title;
    this.advice = advice;
  }

  /// Stable: people script against it.
  public String tag() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// How much it weighs, if nothing makes it weigh less.
  public Severity severity() {
    return severity;
  }

  /// The record type it is about; empty where that depends.
  public String type() {
    return type;
  }

  public String rfc() {
    return rfc;
  }

  /// What is wrong, in a few words.
  public String title() {
    return title;
  }

  /// What to do.
  public String advice() {
    return advice;
  }

  Finding at(DnsName name, String message, List<String> evidence) {
    return at(name.text(), type, severity, message, evidence);
  }

  Finding at(DnsName name, RecordType type, String message, List<String> evidence) {
    return at(name.text(), type.name(), severity, message, evidence);
  }

  Finding at(DnsName name, Severity severity, String message, List<String> evidence) {
    return at(name.text(), type, severity, message, evidence);
  }

  Finding at(String name, String type, Severity severity, String message, List<String> evidence) {
    return new Finding(tag(), severity, name, type, message, rfc, evidence, advice);
  }
}
