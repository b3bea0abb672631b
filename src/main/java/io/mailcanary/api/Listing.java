package io.mailcanary.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One page of a list.
///
/// @param next what to ask for with `before` to get the following page; null at the end
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Listing<T>(List<T> items, @Nullable String next) {
  /// The longest page.
  public static final int LONGEST = 200;

  static <T> Listing<T> of(List<T> oneMoreThan, int limit, Function<T, String> cursor) {
    if (oneMoreThan.size() <= limit) {
      return new Listing<>(oneMoreThan, null);
    }
    List<T> page = oneMoreThan.subList(0, limit);
    return new Listing<>(page, cursor.apply(page.getLast()));
  }

  static int limit(@Nullable Integer asked) {
    if (asked == null) {
      return 50;
    }
    if (asked < 1 || asked > LONGEST) {
      throw new RefusedException(400, "limit is %d, allowed is 1 to %d".formatted(asked, LONGEST));
    }
    return asked;
  }
}
