package io.mailcanary.dns;

/// Relays, each in one way of naming its next hop: they part in what they do when the name is gone.
public enum RelayKind {
  POSTFIX_BRACKETED("Postfix", "smtp:[HOP]"),
  POSTFIX("Postfix", "smtp:HOP"),
  POSTFIX_STATUS_FILTER("Postfix", "smtp:HOP, smtp_delivery_status_filter turns 5.4.4 into 4.4.4"),
  POSTFIX_SOFT_BOUNCE("Postfix", "smtp:HOP, soft_bounce=yes on the transport"),
  POSTFIX_FALLBACK("Postfix", "smtp:HOP, smtp_fallback_relay=[address]"),
  EXIM("Exim", "manualroute"),
  EXIM_DEFER("Exim", "manualroute, host_find_failed = defer"),
  EXIM_FAIL("Exim", "manualroute, host_find_failed = fail"),
  EXIM_DECLINE("Exim", "manualroute, host_find_failed = decline, then dnslookup"),
  SENDMAIL_BRACKETED("sendmail", "mailertable esmtp:[HOP]"),
  SENDMAIL("sendmail", "mailertable esmtp:HOP"),
  SENDMAIL_FALLBACK("sendmail", "mailertable esmtp:HOP, FallbackMXhost"),
  OPENSMTPD("OpenSMTPD", "relay host smtp://HOP"),
  COURIER("Courier", "esmtproutes"),
  HARAKA("Haraka", "outbound, get_mx plugin"),
  HARAKA_FORWARD("Haraka", "queue/smtp_forward");

  private final String product;
  private final String form;

  RelayKind(String product, String form) {
    this.product = product;
    this.form = form;
  }

  public String product() {
    return product;
  }

  /// How the next hop stands in its configuration, HOP being the name.
  public String form() {
    return form;
  }
}
