package io.mailcanary.dns;

import io.mailcanary.dns.HopState.DeadTargets;
import io.mailcanary.dns.HopState.Failed;
import io.mailcanary.dns.HopState.NoAddress;
import io.mailcanary.dns.HopState.NoSuchName;
import io.mailcanary.dns.HopState.NullMx;
import io.mailcanary.dns.HopState.Resolves;
import io.mailcanary.dns.NextHopForecast.Outcome;

/// What relays were seen to do when the name of their next hop was gone.
final class NextHops {
  private static final String POSTFIX =
      "Host or domain name not found. Name service error for name=%s type=%s: %s";

  private NextHops() {}

  static NextHopForecast forecast(RelayKind relay, DnsName hop, HopState state) {
    if (state instanceof Resolves) {
      return new NextHopForecast(relay, Outcome.DELIVERS, "", "");
    }
    return switch (relay) {
      case POSTFIX_BRACKETED,
          POSTFIX,
          POSTFIX_STATUS_FILTER,
          POSTFIX_SOFT_BOUNCE,
          POSTFIX_DEFER_NO_ADDRESS ->
          postfix(relay, hop, state);
      case POSTFIX_FALLBACK -> new NextHopForecast(relay, Outcome.FALLS_BACK, "2.0.0", "");
      case EXIM, EXIM_DEFER, EXIM_FAIL, EXIM_DECLINE -> exim(relay, hop, state);
      case EXIM_DOMAIN -> eximDomain(relay, state);
      case SENDMAIL_BRACKETED, SENDMAIL -> sendmail(relay, hop, state);
      case SENDMAIL_FALLBACK ->
          state instanceof DeadTargets
              ? defers(relay, "Deferred")
              : new NextHopForecast(relay, Outcome.FALLS_BACK, "", "");
      case SENDMAIL_DOMAIN ->
          state instanceof Failed
              ? defers(relay, "host map: lookup (%s): deferred".formatted(hop))
              : sendmail(relay, hop, state);
      case OPENSMTPD -> defers(relay, "Host not found");
      case OPENSMTPD_DOMAIN -> openSmtpdDomain(relay, state);
      case COURIER, COURIER_DOMAIN ->
          state instanceof Failed ? defers(relay, "") : bounces(relay, "5.0.0", "No such domain.");
      case HARAKA -> triedAll(relay);
      case HARAKA_DOMAIN -> harakaDomain(relay, hop, state);
      case HARAKA_FORWARD -> new NextHopForecast(relay, Outcome.REFUSES, "", "450 plugin timeout");
    };
  }

  private static NextHopForecast postfix(RelayKind relay, DnsName hop, HopState state) {
    return switch (state) {
      case Failed(RecordType type, _) ->
          new NextHopForecast(
              relay,
              Outcome.DEFERS,
              "4.4.3",
              POSTFIX.formatted(hop, type, "Host not found, try again"));
      case NullMx _ ->
          relay == RelayKind.POSTFIX_SOFT_BOUNCE
              ? new NextHopForecast(relay, Outcome.DEFERS, "4.1.0", nullMx(hop))
              : bounces(relay, "5.1.0", nullMx(hop));
      case NoSuchName _ -> postfixMissing(relay, hop, true);
      case NoAddress _ -> postfixMissing(relay, hop, false);
      case DeadTargets(DnsName last, boolean noSuchName) ->
          relay == RelayKind.POSTFIX_DEFER_NO_ADDRESS
              ? new NextHopForecast(relay, Outcome.DEFERS, "4.4.4", missing(last, noSuchName))
              : postfixMissing(relay, last, noSuchName);
      case Resolves _ -> throw new IllegalStateException("nothing to forecast");
    };
  }

  private static NextHopForecast postfixMissing(RelayKind relay, DnsName name, boolean noSuchName) {
    boolean held =
        relay == RelayKind.POSTFIX_STATUS_FILTER || relay == RelayKind.POSTFIX_SOFT_BOUNCE;
    String words = missing(name, noSuchName);
    return held
        ? new NextHopForecast(relay, Outcome.DEFERS, "4.4.4", words)
        : bounces(relay, "5.4.4", words);
  }

  private static String missing(DnsName name, boolean noSuchName) {
    return POSTFIX.formatted(
        name,
        RecordType.AAAA,
        noSuchName ? "Host not found" : "Host found but no data record of requested type");
  }

  private static String nullMx(DnsName hop) {
    return "Domain %s does not accept mail (nullMX)".formatted(hop);
  }

  private static NextHopForecast exim(RelayKind relay, DnsName hop, HopState state) {
    if (state instanceof Failed) {
      return defers(relay, "host lookup for %s did not complete (DNS timeout?)".formatted(hop));
    }
    String words = "lookup of host \"%s\" failed in hops router".formatted(hop);
    return switch (relay) {
      case EXIM_DEFER -> defers(relay, words);
      case EXIM_FAIL -> bounces(relay, "5.0.0", words);
      case EXIM_DECLINE -> bounces(relay, "5.0.0", "Unrouteable address");
      default -> new NextHopForecast(relay, Outcome.FREEZES, "", words + "; Frozen");
    };
  }

  private static NextHopForecast eximDomain(RelayKind relay, HopState state) {
    return switch (state) {
      case Failed _ -> defers(relay, "host lookup did not complete");
      case DeadTargets _ ->
          bounces(relay, "5.0.0", "all relevant MX records point to non-existent hosts");
      case NullMx _ -> bounces(relay, "5.0.0", "an MX or SRV record indicated no SMTP service");
      case NoSuchName _, NoAddress _, Resolves _ -> bounces(relay, "5.0.0", "Unrouteable address");
    };
  }

  private static NextHopForecast sendmail(RelayKind relay, DnsName hop, HopState state) {
    String shown = relay == RelayKind.SENDMAIL_BRACKETED ? "[" + hop + "]" : hop.text();
    return switch (state) {
      case Failed _ ->
          defers(relay, "Deferred: Name server: %s: host name lookup failure".formatted(shown));
      case NoSuchName _, Resolves _ -> unknown(relay, shown, "host not found");
      case NoAddress _ -> unknown(relay, shown, "no data known");
      case DeadTargets(DnsName last, boolean noSuchName) ->
          unknown(relay, last + ".", noSuchName ? "host not found" : "no data known");
      case NullMx _ -> bounces(relay, "5.1.10", "556 5.1.10 Host does not accept mail: MX 0 .");
    };
  }

  private static NextHopForecast unknown(RelayKind relay, String host, String why) {
    return bounces(
        relay,
        "5.1.2",
        "550 5.1.2 <RCPT>... Host unknown (Name server: %s: %s)".formatted(host, why));
  }

  private static NextHopForecast openSmtpdDomain(RelayKind relay, HopState state) {
    return switch (state) {
      case NoSuchName _ -> bounces(relay, "5.0.0", "Domain does not exist");
      case Failed _ -> defers(relay, "Temporary failure in MX lookup");
      case NoAddress _, DeadTargets _, NullMx _, Resolves _ ->
          defers(relay, "No MX found for domain");
    };
  }

  private static NextHopForecast harakaDomain(RelayKind relay, DnsName hop, HopState state) {
    return switch (state) {
      case NoSuchName _, NoAddress _, Resolves _ ->
          bounces(relay, "5.1.2", "550 Nowhere to deliver mail to for domain: %s".formatted(hop));
      case NullMx _ ->
          bounces(
              relay,
              "5.1.10",
              "556 Domain %s sends and receives no email (NULL MX)".formatted(hop));
      case DeadTargets _ -> triedAll(relay);
      case Failed(_, boolean late) ->
          defers(
              relay,
              "DNS lookup failure: Error: queryMx %s %s"
                  .formatted(late ? "ETIMEOUT" : "ESERVFAIL", hop));
    };
  }

  private static NextHopForecast triedAll(RelayKind relay) {
    return defers(relay, "Temp failing ... for 64 seconds: Tried all MXs");
  }

  private static NextHopForecast defers(RelayKind relay, String words) {
    return new NextHopForecast(relay, Outcome.DEFERS, "", words);
  }

  private static NextHopForecast bounces(RelayKind relay, String status, String words) {
    return new NextHopForecast(relay, Outcome.BOUNCES, status, words);
  }
}
