package io.mailcanary.dns;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Relays, each in one way of naming its next hop: they part in what they do when the name is gone.
public enum RelayKind {
  POSTFIX_BRACKETED("Postfix", "smtp:[HOP]", false),
  POSTFIX("Postfix", "smtp:HOP", true),
  POSTFIX_STATUS_FILTER(
      "Postfix", "smtp:HOP, smtp_delivery_status_filter turns 5.4.4 into 4.4.4", true),
  POSTFIX_SOFT_BOUNCE("Postfix", "smtp:[HOP], soft_bounce=yes on the transport", false),
  POSTFIX_DEFER_NO_ADDRESS("Postfix", "smtp:HOP, smtp_defer_if_no_mx_address_found=yes", true),
  POSTFIX_FALLBACK("Postfix", "smtp:[HOP], smtp_fallback_relay=[address]", false),
  EXIM("Exim", "manualroute", false),
  EXIM_DEFER("Exim", "manualroute, host_find_failed = defer", false),
  EXIM_FAIL("Exim", "manualroute, host_find_failed = fail", false),
  EXIM_DECLINE("Exim", "manualroute, host_find_failed = decline, then dnslookup", false),
  EXIM_DOMAIN("Exim", "dnslookup of the recipient's domain", true),
  SENDMAIL_BRACKETED("sendmail", "mailertable esmtp:[HOP]", false),
  SENDMAIL("sendmail", "mailertable esmtp:HOP", true),
  SENDMAIL_FALLBACK("sendmail", "mailertable esmtp:HOP, FallbackMXhost", true),
  SENDMAIL_DOMAIN("sendmail", "the recipient's domain", true),
  OPENSMTPD("OpenSMTPD", "relay host smtp://HOP", false),
  OPENSMTPD_DOMAIN("OpenSMTPD", "relay to the recipient's domain", true),
  COURIER("Courier", "esmtproutes", true),
  COURIER_DOMAIN("Courier", "the recipient's domain", true),
  HARAKA("Haraka", "outbound, get_mx plugin", false),
  HARAKA_DOMAIN("Haraka", "outbound to the recipient's domain", true),
  HARAKA_FORWARD("Haraka", "queue/smtp_forward", false);

  private final String product;
  private final String form;
  private final boolean looksAtMx;

  RelayKind(String product, String form, boolean looksAtMx) {
    this.product = product;
    this.form = form;
    this.looksAtMx = looksAtMx;
  }

  /// As probe files write it, such as `postfix-bracketed`.
  public String tag() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<RelayKind> byTag(String tag) {
    return Arrays.stream(values()).filter(kind -> kind.tag().equals(tag)).findFirst();
  }

  public String product() {
    return product;
  }

  /// How the next hop stands in its configuration, HOP being the name.
  public String form() {
    return form;
  }

  /// Whether it asks for the name's MX before its addresses.
  public boolean looksAtMx() {
    return looksAtMx;
  }

  /// Whether mail waits when the name is gone, rather than going back to its author.
  public boolean holds() {
    return switch (this) {
      case POSTFIX_STATUS_FILTER,
          POSTFIX_SOFT_BOUNCE,
          POSTFIX_FALLBACK,
          EXIM,
          EXIM_DEFER,
          SENDMAIL_FALLBACK,
          OPENSMTPD,
          HARAKA,
          HARAKA_FORWARD ->
          true;
      case POSTFIX_BRACKETED,
          POSTFIX,
          POSTFIX_DEFER_NO_ADDRESS,
          EXIM_FAIL,
          EXIM_DECLINE,
          EXIM_DOMAIN,
          SENDMAIL_BRACKETED,
          SENDMAIL,
          SENDMAIL_DOMAIN,
          OPENSMTPD_DOMAIN,
          COURIER,
          COURIER_DOMAIN,
          HARAKA_DOMAIN ->
          false;
    };
  }
}
