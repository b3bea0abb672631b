package io.mailcanary.app;

import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryTag;
import io.mailcanary.canary.SigningKeys;
import io.mailcanary.canary.TagCheck;
import io.mailcanary.runtime.Plan;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks tags up with the keys and the paths that are at hand here; it never makes a key.
public final class KnownTags {
  private final Optional<SigningKeys> keys;
  private final List<String> paths;

  private KnownTags(Optional<SigningKeys> keys, List<String> paths) {
    this.keys = keys;
    this.paths = List.copyOf(paths);
  }

  /// What a tag says.
  ///
  /// @param verified whether one of our keys signed it
  /// @param path the path it was signed for, where that is one of ours
  public record Known(CanaryId id, boolean verified, @Nullable String path) {}

  /// @param plan the probe files, where there are any
  /// @param dataDirectory where a service that has no keys in its probe files keeps its own
  public static KnownTags load(Optional<Plan> plan, Path dataDirectory) {
    return new KnownTags(
        KeyFile.existing(
            plan.map(it -> it.service().signingKeys()).orElse(List.of()), dataDirectory),
        plan.map(it -> List.copyOf(it.paths().keySet())).orElse(List.of()));
  }

  /// @param text in the form of a tag
  public Known look(String text) {
    if (keys.isPresent() && keys.get().verify(text) instanceof TagCheck.Genuine(CanaryTag tag)) {
      @Nullable String path =
          paths.stream().filter(name -> SigningKeys.isFor(tag, name)).findFirst().orElse(null);
      return new Known(tag.id(), true, path);
    }
    String digits = text.substring(text.indexOf('-') + 1);
    return new Known(CanaryId.opening(digits), false, null);
  }
}
