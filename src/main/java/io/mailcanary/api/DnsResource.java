package io.mailcanary.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mailcanary.dns.Prediction;
import io.mailcanary.dns.Profile;
import io.mailcanary.dns.ReceiversView;
import io.mailcanary.verdict.Change;
import io.mailcanary.watch.DomainView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One name as it was seen last, in JSON.
///
/// @param at when
/// @param profiles what receivers make of it, by how strict they are and from where they look; none
///   for a name that sends no mail
@JsonInclude(JsonInclude.Include.ALWAYS)
public record DnsResource(
    String name,
    String at,
    List<OfProfile> profiles,
    List<FindingResource> findings,
    List<OfRecord> records) {

  /// All names of a path.
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Names(List<DnsResource> names) {}

  /// @param setting the server that stands for it: the strictest of the profile
  /// @param verdict `accept`, `temporary` or `reject`
  /// @param reply in its own words; empty where it accepts
  /// @param vantage the resolver or authoritative server that is looked through
  /// @param flaps why it answers otherwise at other times; null where it doesn't
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record OfProfile(
      String id,
      String setting,
      String verdict,
      String reply,
      String vantage,
      @Nullable String flaps) {}

  /// @param since when that changed last; null where nobody saw it change
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record OfRecord(
      String name, String type, String answer, @Nullable String since, List<Was> history) {}

  /// @param at when it became `after`
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Was(String at, List<String> before, List<String> after) {}

  /// @param changes at that name and those below it
  public static DnsResource of(DomainView view, List<Change> changes) {
    return new DnsResource(
        view.name().name(),
        view.at().toString(),
        view.receivers().stream().flatMap(one -> profiles(one).stream()).toList(),
        view.findings().stream().map(FindingResource::of).toList(),
        view.records().stream().map(one -> record(one, changes)).toList());
  }

  private static List<OfProfile> profiles(ReceiversView view) {
    return List.of(Profile.values()).stream()
        .map(profile -> profile(profile, view.worst(profile), view.vantage()))
        .toList();
  }

  private static OfProfile profile(Profile profile, Prediction worst, String vantage) {
    return new OfProfile(
        profile.name(),
        worst.setting().product() + ", " + worst.setting().setting(),
        worst.verdict().word(),
        worst.reply().map(Object::toString).orElse(""),
        vantage,
        worst.flaps().orElse(null));
  }

  private static OfRecord record(DomainView.SeenRecord record, List<Change> changes) {
    List<Was> history =
        changes.stream()
            .filter(change ->
                change.name().equals(record.name()) && change.type().equals(record.type()))
            .map(change -> new Was(change.at().toString(), change.before(), change.after()))
            .toList();
    return new OfRecord(
        record.name(),
        record.type(),
        record.answer(),
        history.isEmpty() ? null : history.getFirst().at(),
        history);
  }
}
