package io.mailcanary.api;

import io.mailcanary.runtime.ServiceSettings.Right;
import java.util.Set;

/// Who asks, and what they may do.
///
/// @param name of the token or the person; empty: nobody said
/// @param inSession whether they logged in in this browser
public record Visitor(String name, Set<Right> rights, boolean inSession) {
  public Visitor {
    rights = Set.copyOf(rights);
  }

  public boolean may(Right right) {
    return rights.contains(right);
  }
}
