package io.mailcanary.path;

import io.mailcanary.mail.EmailAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One way that mail takes, from a submission point to a mailbox.
///
/// @param via the relay that takes its canaries, or [#MX] or [#EACH_MX]
/// @param from envelope and header sender
/// @param arrivesIn the mailbox where its canaries arrive
/// @param bouncesTo the mailbox where its bounces arrive
/// @param returnPath whether the envelope sender carries the tag
/// @param dsn whether delivery status notifications are asked for (RFC 3461)
/// @param sites which sites send it; empty: all
/// @param dependsOn names that its hops look up
/// @param enabled a disabled path is shown as paused
/// @param vary what differs between its canaries
/// @param direct how a host is talked to that DNS names; its own host is put in there
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
    List<Dependency> dependsOn,
    Vary vary,
    Relay direct) {
  /// Says that canaries go to the MX of the recipient's domain (RFC 5321 §5.1).
  public static final String MX = "mx";

  /// Says that every host and address that takes mail for the recipient's domain is a leg.
  public static final String EACH_MX = "each-mx";

  private static final String SITE = "site=";

  public MailPath {
    labels = Map.copyOf(labels);
    sites = List.copyOf(sites);
    dependsOn = List.copyOf(dependsOn);
  }

  /// All of whose canaries are alike, and whose hops look up no names that are known.
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
        List.of(),
        Vary.NOTHING,
        Relay.DIRECT);
  }

  /// The same path with other values where its canaries differ.
  MailPath varied(String otherVia, EmailAddress otherFrom, Message otherMessage) {
    return new MailPath(
        name,
        description,
        kind,
        group,
        labels,
        cadence,
        otherVia,
        otherFrom,
        to,
        arrivesIn,
        bouncesTo,
        expect,
        confirm,
        otherMessage,
        alert,
        returnPath,
        dsn,
        sites,
        enabled,
        runbook,
        dependsOn,
        Vary.NOTHING,
        direct);
  }

  /// Whether replicas of this site send it.
  public boolean isSentFrom(String site) {
    return sites.isEmpty() || sites.contains(site);
  }

  /// What a canary is judged with: those of its leg, and of its site where several send the path.
  public String part(String leg, String site) {
    if (sites.size() < 2 || site.isEmpty()) {
      return leg;
    }
    return SITE + site + (leg.isEmpty() ? "" : "," + leg);
  }

  /// The leg of such a part.
  public static String legOf(String part) {
    int end = part.indexOf(',');
    return !part.startsWith(SITE) ? part : end < 0 ? "" : part.substring(end + 1);
  }

  /// Whether its canaries go to the hosts that DNS names for the recipient's domain.
  public boolean isDirect() {
    return via.equals(MX) || via.equals(EACH_MX);
  }

  /// All that `via` or `vary.via` name.
  public List<String> allVia() {
    return vary.via().isEmpty() ? List.of(via) : vary.via();
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
