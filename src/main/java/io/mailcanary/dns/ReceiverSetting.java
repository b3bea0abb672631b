package io.mailcanary.dns;

import io.mailcanary.dns.Inquiry.Judgement;
import io.mailcanary.dns.Prediction.Stage;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.EmailAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Real receivers, each in one setting. Those with an M were measured over 46 states of a domain;
/// the three others follow what is published.
public enum ReceiverSetting {
  M1("Postfix 3.7.11", "reject_unknown_sender_domain", Profile.R1, Stage.RCPT, postfix(450)),
  M2(
      "Postfix 3.7.11",
      "reject_unknown_sender_domain, unknown_address_reject_code=550",
      Profile.R2,
      Stage.RCPT,
      postfix(550)),
  M3(
      "Postfix 3.7.11",
      "reject_unverified_sender, first attempt",
      Profile.R8,
      Stage.RCPT,
      new PostfixProbeRule(true, Optional.empty(), 450)),
  M4(
      "Postfix 3.7.11",
      "reject_unverified_sender, second attempt",
      Profile.R8,
      Stage.RCPT,
      new PostfixProbeRule(false, Optional.empty(), 450)),
  M5(
      "Postfix 3.7.11",
      "reject_unknown_sender_domain, reject_unverified_sender, both reject codes 550",
      Profile.R8,
      Stage.RCPT,
      new PostfixProbeRule(false, Optional.of(new PostfixRule(550)), 550)),
  M6("Exim 4.96", "verify = sender", Profile.R3, Stage.RCPT, new EximRule(false, false, false)),
  M7(
      "Exim 4.96",
      "verify = sender, mx_domains = *",
      Profile.R5,
      Stage.RCPT,
      new EximRule(true, false, false)),
  M8(
      "Exim 4.96",
      "verify = sender, fail_defer_domains = *",
      Profile.R9,
      Stage.RCPT,
      new EximRule(false, true, false)),
  M9(
      "Exim 4.96",
      "verify = sender/callout",
      Profile.R8,
      Stage.RCPT,
      new EximRule(false, false, true)),
  M10("sendmail 8.17.1", "check_mail", Profile.R2, Stage.MAIL, new SendmailRule(false)),
  M11("sendmail 8.17.1", "delay_checks", Profile.R2, Stage.RCPT, new SendmailRule(true)),
  M12("sendmail 8.17.1", "accept_unresolvable_domains", Stage.MAIL),
  M13("OpenSMTPD 6.8.0p2", "default", Stage.MAIL),
  M14("Courier 1.0.16", "BOFHCHECKDNS=1", Profile.R3, Stage.MAIL, new CourierRule()),
  M15(
      "Haraka 3.3.4",
      "mail_from.is_resolvable",
      Profile.R5,
      Stage.MAIL,
      new HarakaRule(false, 550, 550, true)),
  M16(
      "Haraka 3.3.4",
      "mail_from.is_resolvable, reject.no_mx=defer",
      Profile.R4,
      Stage.MAIL,
      new HarakaRule(false, 450, 450, true)),
  M17(
      "Haraka 3.3.4",
      "mail_from.is_resolvable, allow_mx_ip=true, reject.no_mx=defer",
      Profile.R9,
      Stage.MAIL,
      new HarakaRule(true, 450, 450, true)),
  M18(
      "Haraka 3.0.4",
      "mail_from.is_resolvable",
      Profile.R4,
      Stage.MAIL,
      new HarakaRule(false, 550, 450, false)),
  M19("qpsmtpd 0.94", "resolvable_fromhost", Profile.R9, Stage.MAIL, new QpsmtpdRule()),
  CISCO("Cisco ESA", "sender verification", Profile.R6, Stage.MAIL, new CiscoRule()),
  YAHOO("Yahoo, AOL", "sender domain check", Profile.R7, Stage.MAIL, new YahooRule()),
  SPAMDYKE("spamdyke", "reject-sender=no-mx", Profile.R9, Stage.MAIL, new SpamdykeRule());

  private static final String FLAPS =
      "a resolver that was asked for an address first holds the alias, and finds no MX behind it"
          + " until the alias expires";

  private final String product;
  private final String setting;
  private final Optional<Profile> profile;
  private final Stage stage;

  // Rules are records of values.
  @SuppressWarnings("ImmutableEnumChecker")
  private final Inquiry.Rule rule;

  ReceiverSetting(String product, String setting, Profile profile, Stage stage, Inquiry.Rule rule) {
    this.product = product;
    this.setting = setting;
    this.profile = Optional.of(profile);
    this.stage = stage;
    this.rule = rule;
  }

  /// Takes mail from any domain.
  ReceiverSetting(String product, String setting, Stage stage) {
    this.product = product;
    this.setting = setting;
    this.profile = Optional.empty();
    this.stage = stage;
    this.rule = _ -> Inquiry.acceptAll();
  }

  private static Inquiry.Rule postfix(int unknown) {
    return new PostfixRule(unknown);
  }

  /// Short and never renamed: `M1`, `CISCO`.
  public String id() {
    return name();
  }

  public String product() {
    return product;
  }

  /// What its configuration says.
  public String setting() {
    return setting;
  }

  /// Empty for a receiver that does not look at the sender's domain.
  public Optional<Profile> profile() {
    return profile;
  }

  /// Whether it was measured rather than read about.
  public boolean isMeasured() {
    return name().startsWith("M");
  }

  /// Finds a setting by its id, whatever the case.
  public static Optional<ReceiverSetting> byId(String id) {
    return Arrays.stream(values()).filter(one -> one.name().equalsIgnoreCase(id)).findFirst();
  }

  /// By its id, or the one that stands for a profile (`R4`).
  public static Optional<ReceiverSetting> byIdOrProfile(String id) {
    return byId(id)
        .or(() ->
            Arrays.stream(Profile.values())
                .filter(profile -> profile.name().equalsIgnoreCase(id))
                .map(Profile::representative)
                .findFirst());
  }

  /// What it does with mail from `sender` to `recipient` now, its resolver holding nothing.
  public Prediction judge(
      EmailAddress sender, EmailAddress recipient, Vantage vantage, MailHosts hosts) {
    Judgement judgement = rule.judge(new Inquiry(sender, recipient, vantage, hosts));
    return new Prediction(
        this,
        judgement.verdict(),
        judgement.reply(),
        stage,
        judgement.decisive(),
        Optional.empty());
  }

  public Prediction judge(EmailAddress sender, Vantage vantage, MailHosts hosts) {
    return judge(sender, someone(), vantage, hosts);
  }

  /// The same in both orders in which a resolver can have been asked: the worse of the two, and
  /// that it flaps where they differ.
  public Prediction judgeInBothOrders(EmailAddress sender, Vantage vantage, MailHosts hosts) {
    Prediction fresh = judge(sender, vantage, hosts);
    if (Vantages.aliasAt(vantage, DnsName.of(sender.domain())).isEmpty()) {
      return fresh;
    }
    Prediction held = judge(sender, Vantages.holdingAliases(vantage), hosts);
    if (held.verdict() == fresh.verdict()) {
      return fresh;
    }
    return (held.verdict().isWorseThan(fresh.verdict()) ? held : fresh).flapping(FLAPS);
  }

  private static EmailAddress someone() {
    return new EmailAddress("postmaster", new DomainName("receiver.example"));
  }

  static List<ReceiverSetting> all() {
    return List.of(values());
  }
}
