using MpcActors.Data;

namespace MpcActors.Models;

/// <summary>Public sentences on which the model owner measures its model: written for this purpose, part of no task.</summary>
public static class CalibrationSentences
{
    public static IReadOnlyList<string> All { get; } =
    [
        "The soup was cold and the waiter did not seem to care.",
        "We loved every minute of this gentle, funny film.",
        "The battery died after two days and nobody answered my letters.",
        "Great value for the price; I bought a second one for my brother.",
        "The central bank left its interest rate unchanged on Thursday.",
        "A young striker scored twice as the home side won the final.",
        "Researchers have found a new way to store energy in salt.",
        "Please close the window before you leave.",
        "The train was late again.",
        "I would not go back to that hotel if they paid me.",
        "Her performance is the best thing in an otherwise dull story.",
        "The phone is light, fast and easy to use.",
        "Oil prices fell as traders expected weaker demand.",
        "The council voted to repair the old bridge next spring.",
        "It works.",
        "Do not waste your money on this charger.",
        "The bread is baked in the morning and sold out by noon.",
        "Two hours of my life that I will never get back.",
        "The headset is comfortable, but the sound is thin.",
        "Scientists measured the depth of the lake with sound waves.",
        "My children enjoyed the museum more than the beach.",
        "The plot makes no sense and the jokes are worse.",
        "Friendly staff, clean rooms and a wonderful view of the harbour.",
        "The company reported a small profit for the third quarter.",
        "What a pleasant surprise!",
        "The software update removed the one feature I needed.",
        "Rain is expected in the north, with some sunshine by the evening.",
        "The chicken was dry, the rice was burnt, and we waited an hour.",
        "An old man walks his dog along the river every day.",
        "The camera takes sharp pictures even in poor light.",
        "Ministers from nine countries met to discuss fishing rights.",
        "The acting was wooden, though the music was lovely.",
        "This is neither good nor bad.",
        "The defence held firm until the last minute of the match.",
        "I have used this kettle for three years without any trouble.",
        "The author explains a difficult subject in plain words.",
        "They charged me twice and refused to give the money back.",
        "Engineers tested the new satellite before its launch in autumn.",
        "The seats are too small, the screen is dirty, and the popcorn is stale.",
        "A cup of tea and a good book are all I need tonight.",
    ];

    /// <summary>The sentences as a model's input rows.</summary>
    public static TextBatch Batch(TextEncoder model) =>
        new TokenEmbedding(model.Model).Embed([.. All.Select(model.Tokenizer.Encode)]);
}
