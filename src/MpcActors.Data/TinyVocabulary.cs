namespace MpcActors.Data;

/// <summary>The words of the synthetic task. Id 0 is any other word.</summary>
static class TinyVocabulary
{
    public static readonly string[] Good = Words("""
        good great wonderful excellent lovely delicious superb brilliant charming perfect amazing fantastic delightful beautiful tasty fresh
        friendly clever funny moving gripping crisp sturdy reliable bright warm elegant memorable splendid nice outstanding cheerful generous
        polished refreshing smooth thoughtful vivid witty terrific
        """);

    public static readonly string[] Bad = Words("""
        bad awful terrible horrible poor dull bland boring rude slow stale broken cheap cold dirty disappointing dreadful flimsy greasy
        mediocre noisy nasty painful predictable sloppy soggy tedious ugly useless weak annoying clumsy defective faulty gloomy lifeless
        overpriced pathetic shoddy tasteless
        """);

    public static readonly string[] GoodVerbs = Words("loved enjoyed liked adored praised admired savoured recommended treasured celebrated");

    public static readonly string[] BadVerbs = Words("hated disliked regretted returned avoided despised resented criticised dreaded abandoned");

    public static readonly string[] Nouns = Words("""
        soup meal pizza salad burger steak coffee bread sauce dessert service waiter restaurant menu breakfast dinner lunch cake curry rice
        film movie plot story acting script scene ending soundtrack cast director dialogue comedy drama sequel novel chapter hero villain song
        phone battery charger headset cable screen case camera speaker keyboard mouse laptop printer lamp chair table jacket watch radio clock
        hotel room bed lobby beach garden museum concert show game lesson train flight journey bike car engine tyre seat window
        """);

    public static readonly string[] People = Words("""
        sister brother mother father friend neighbour colleague teacher cousin uncle aunt wife husband daughter son boss partner guest doctor
        student
        """);

    public static readonly string[] Degrees = Words("very really quite so rather truly simply just absolutely remarkably");

    public static readonly string[] Times = Words("today yesterday tonight again twice once here there always often");

    static readonly string[] Others = Words("""
        the a an this that these those is was were are be been it its i you he she we they my your his her our their and but or not never no
        of in on with for to from at by as than then when while after before because if all some any more most much many one two three found
        thought said felt had has have did do does would could will can up down out over under about into also only even still too
        """);

    /// <summary>All words in the order of their ids, beginning with id 1.</summary>
    public static readonly string[] All = [.. new[] { Good, Bad, GoodVerbs, BadVerbs, Nouns, People, Degrees, Times, Others }.SelectMany(words => words).Distinct()];

    static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
