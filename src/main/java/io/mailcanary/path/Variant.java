package io.mailcanary.path;

import io.mailcanary.mail.EmailAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// One combination of what differs between a path's canaries.
///
/// @param leg its name, such as `size=8MB,via=campus-out`; empty where nothing differs
/// @param path the path with just these values
public record Variant(String leg, MailPath path, Family family) {
  private static final long KILOBYTE = 1024;

  /// All combinations of a path, in the order of its lists; one at least.
  public static List<Variant> of(MailPath path) {
    Vary vary = path.vary();
    List<Variant> variants = List.of(new Variant("", path, Family.ANY));
    variants = times(variants, vary.size(), size -> "size=" + words(size), Variant::ofSize);
    variants = times(variants, vary.via(), via -> "via=" + via, Variant::through);
    variants = times(variants, vary.from(), from -> "from=" + from, Variant::sentBy);
    return times(variants, vary.family(), family -> "family=" + word(family), Variant::over);
  }

  /// The same leg's name with one part more.
  public static String join(String leg, String part) {
    return leg.isEmpty() ? part : leg + "," + part;
  }

  private interface Change<T> {
    Variant apply(Variant variant, T value);
  }

  private static <T> List<Variant> times(
      List<Variant> variants, List<T> values, Function<T, String> part, Change<T> change) {
    if (values.isEmpty()) {
      return variants;
    }
    List<Variant> product = new ArrayList<>();
    for (Variant variant : variants) {
      for (T value : values) {
        Variant changed = change.apply(variant, value);
        product.add(
            new Variant(join(variant.leg, part.apply(value)), changed.path, changed.family));
      }
    }
    return product;
  }

  private Variant ofSize(long size) {
    Message message = new Message(size, Optional.empty());
    return new Variant(leg, path.varied(path.via(), path.from(), message), family);
  }

  private Variant through(String via) {
    return new Variant(leg, path.varied(via, path.from(), path.message()), family);
  }

  private Variant sentBy(EmailAddress from) {
    return new Variant(leg, path.varied(path.via(), from, path.message()), family);
  }

  private Variant over(Family only) {
    return new Variant(leg, path, only);
  }

  private static String words(long size) {
    if (size % (KILOBYTE * KILOBYTE) == 0) {
      return size / (KILOBYTE * KILOBYTE) + "MB";
    }
    return size % KILOBYTE == 0 ? size / KILOBYTE + "KB" : size + "B";
  }

  private static String word(Family family) {
    return family.name().toLowerCase(Locale.ROOT);
  }
}
