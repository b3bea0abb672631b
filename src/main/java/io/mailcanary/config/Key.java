package io.mailcanary.config;

import io.mailcanary.path.Secret;
import java.util.Optional;

/// A key of a [Table].
sealed interface Key<T> {
  String name();

  /// What it is for, in one or two sentences.
  String sentence();

  Kind<T> kind();

  /// One that always has a value.
  ///
  /// @param fallback what holds where the key is left out; empty: it must be there
  record Sure<T>(String name, Kind<T> kind, Optional<T> fallback, String sentence)
      implements Key<T> {}

  /// One that may be left out.
  ///
  /// @param fallback what holds then, in words; may be empty
  record Maybe<T>(String name, Kind<T> kind, String fallback, String sentence) implements Key<T> {}

  /// A secret that stands in the file or in a file of its own.
  record OfSecret(Maybe<Secret> inline, Maybe<Secret> inFile) {}
}
