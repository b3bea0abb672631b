package io.mailcanary.dns;

import io.mailcanary.mail.EmailAddress;
import java.util.Optional;

/// Real receivers, each in one setting, as they were measured; those marked so were not.
public enum ReceiverSetting {
  POSTFIX("M1", "Postfix 3.7.11", "reject_unknown_sender_domain", Profile.R1);

  private final String id;
  private final String product;
  private final String setting;
  private final Optional<Profile> profile;

  ReceiverSetting(String id, String product, String setting, Profile profile) {
    this.id = id;
    this.product = product;
    this.setting = setting;
    this.profile = Optional.of(profile);
  }

  /// Short and never renamed: `M1`.
  public String id() {
    return id;
  }

  public String product() {
    return product;
  }

  public String setting() {
    return setting;
  }

  /// Empty for a receiver that does not look at the sender's domain.
  public Optional<Profile> profile() {
    return profile;
  }

  public static Optional<ReceiverSetting> byId(String id) {
    for (ReceiverSetting setting : values()) {
      if (setting.id.equalsIgnoreCase(id)) {
        return Optional.of(setting);
      }
    }
    return Optional.empty();
  }

  /// What it would do with mail from `sender` now.
  public Prediction judge(EmailAddress sender, Vantage vantage, MailHosts hosts) {
    throw new IllegalStateException(sender + " " + vantage + " " + hosts);
  }
}
