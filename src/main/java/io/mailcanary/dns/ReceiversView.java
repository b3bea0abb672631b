package io.mailcanary.dns;

import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.EmailAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// How all receivers judge a sender's domain from one vantage.
///
/// @param vantage as people know it
/// @param predictions one a setting, by profile
public record ReceiversView(DomainName domain, String vantage, List<Prediction> predictions) {
  public ReceiversView {
    predictions = List.copyOf(predictions);
  }

  public static ReceiversView of(DomainName domain, String name, Vantage vantage, MailHosts hosts) {
    List<Prediction> predictions = new ArrayList<>();
    EmailAddress sender = new EmailAddress("user", domain);
    for (ReceiverSetting setting : ReceiverSetting.all()) {
      predictions.add(setting.judgeInBothOrders(sender, vantage, hosts));
    }
    return new ReceiversView(domain, name, predictions);
  }

  /// What the strictest server of a profile does; the one that stands for the profile, where none
  /// is stricter.
  public Prediction worst(Profile profile) {
    return predictions.stream()
        .filter(one -> one.setting().profile().filter(profile::equals).isPresent())
        .sorted(Comparator.comparing(one -> one.setting() != profile.representative()))
        .reduce((a, b) -> b.verdict().isWorseThan(a.verdict()) ? b : a)
        .orElseThrow();
  }

  /// `2 of 9 receiver behaviours would defer this domain now`.
  public String summary() {
    long deferring = count(Verdict.TEMPORARY);
    long rejecting = count(Verdict.REJECT);
    int of = Profile.values().length;
    if (deferring + rejecting == 0) {
      return "%d of %d receiver behaviours accept this domain now".formatted(of, of);
    }
    List<String> parts = new ArrayList<>();
    if (deferring > 0) {
      parts.add("would defer " + (rejecting > 0 ? "(%d) ".formatted(deferring) : ""));
    }
    if (rejecting > 0) {
      parts.add("would reject " + (deferring > 0 ? "(%d) ".formatted(rejecting) : ""));
    }
    return "%d of %d receiver behaviours %sthis domain now%s"
        .formatted(
            deferring + rejecting,
            of,
            String.join("or ", parts),
            isFlapping() ? ", coming and going" : "");
  }

  /// Some receivers answer one way and another, by what their resolver was asked before.
  public boolean isFlapping() {
    return predictions.stream().anyMatch(one -> one.flaps().isPresent());
  }

  /// Those alone refuse that insist on an MX record, which the standard doesn't.
  public boolean onlyTheStrictRefuse() {
    return worst() != Verdict.ACCEPT
        && Arrays.stream(Profile.values())
            .filter(profile -> profile != Profile.R4 && profile != Profile.R5)
            .allMatch(profile -> worst(profile).verdict() == Verdict.ACCEPT);
  }

  /// The worst that any profile makes of it.
  public Verdict worst() {
    return Arrays.stream(Profile.values())
        .map(profile -> worst(profile).verdict())
        .max(Comparator.naturalOrder())
        .orElse(Verdict.ACCEPT);
  }

  private long count(Verdict verdict) {
    return Arrays.stream(Profile.values()).filter(p -> worst(p).verdict() == verdict).count();
  }
}
