package io.mailcanary.path;

import io.mailcanary.mail.EmailAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One way that mail takes, from a submission point to a mailbox.
///
/// @param via the relay that takes its canaries
/// @param from envelope and header sender
/// @param arrivesIn the mailbox where its canaries arrive
/// @param bouncesTo the mailbox where its bounces arrive
/// @param returnPath whether the envelope sender carries the tag
/// @param dsn whether delivery status notifications are asked for (RFC 3461)
/// @param sites which sites send it; empty: all
/// @param dependsOn names that its hops look up
/// @param enabled a disabled path is shown as paused
public record MailPath(
    String name,
    Optional<String> description,
    Kind kind,
    Optional<String> group,
    Map<String, String> labels,
    Cadence cadence,
    String via,
    EmailAddress from,
    EmailAddress to,
    String arrivesIn,
    String bouncesTo,
    Expectation expect,
    Confirm confirm,
    Message message,
    Alert alert,
    ReturnPath returnPath,
    boolean dsn,
    List<String> sites,
    boolean enabled,
    Optional<String> runbook,
    List<Dependency> dependsOn) {

  public MailPath {
    labels = Map.copyOf(labels);
    sites = List.copyOf(sites);
    dependsOn = List.copyOf(dependsOn);
  }

  /// Without names that its hops are known to look up.
  public MailPath(
      String name,
      Optional<String> description,
      Kind kind,
      Optional<String> group,
      Map<String, String> labels,
      Cadence cadence,
      String via,
      EmailAddress from,
      EmailAddress to,
      String arrivesIn,
      String bouncesTo,
      Expectation expect,
      Confirm confirm,
      Message message,
      Alert alert,
      ReturnPath returnPath,
      boolean dsn,
      List<String> sites,
      boolean enabled,
      Optional<String> runbook) {
    this(
        name,
        description,
        kind,
        group,
        labels,
        cadence,
        via,
        from,
        to,
        arrivesIn,
        bouncesTo,
        expect,
        confirm,
        message,
        alert,
        returnPath,
        dsn,
        sites,
        enabled,
        runbook,
        List.of());
  }

  public enum Kind {
    /// Never may bounce.
    INTERNAL,
    OUTBOUND,
    INBOUND,
    ROUND_TRIP
  }

  public enum ReturnPath {
    /// The sender as it is: greylisting knows it again.
    STABLE,
    /// A return path of its own for each canary, so that every bounce names its canary.
    VERP
  }
}
