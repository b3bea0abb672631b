package io.mailcanary.runtime;

/// Something to come that can be called off.
@FunctionalInterface
public interface Cancellable {
  /// It will not begin any more; what has begun goes on. More than once does no harm.
  void cancel();
}
