package io.mailcanary.dns;

import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.EmailAddress;
import java.util.ArrayList;
import java.util.List;

/// How all receivers judge a sender's domain from one vantage.
///
/// @param vantage as people know it
/// @param predictions one a setting, by profile
public record ReceiversView(DomainName domain, String vantage, List<Prediction> predictions) {
  public ReceiversView {
    predictions = List.copyOf(predictions);
  }

  public static ReceiversView of(
      DomainName domain, String name, Vantage vantage, MailHosts hosts) {
    List<Prediction> predictions = new ArrayList<>();
    EmailAddress sender = new EmailAddress("user", domain);
    for (ReceiverSetting setting : ReceiverSetting.values()) {
      predictions.add(setting.judge(sender, vantage, hosts));
    }
    return new ReceiversView(domain, name, predictions);
  }

  /// What the strictest server of a profile does.
  public Prediction worst(Profile profile) {
    return predictions.stream()
        .filter(one -> one.setting().profile().filter(profile::equals).isPresent())
        .reduce((a, b) -> b.verdict().isWorseThan(a.verdict()) ? b : a)
        .orElseThrow();
  }

  /// `2 of 9 receiver behaviours would defer this domain now`.
  public String summary() {
    return "";
  }
}
