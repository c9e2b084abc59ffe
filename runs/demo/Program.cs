using System.Globalization;
using Juxta.Demo;

// The demo model's recipe, a command a step; README.md beside this file says what came of it.
switch (args)
{
    case ["prepare", string folder]:
        Beginning.Write(folder);
        return 0;
    case ["train", string folder]:
        Lesson.Run(folder, threads: 0);
        return 0;
    case ["train", string folder, string threads]:
        Lesson.Run(folder, int.Parse(threads, CultureInfo.InvariantCulture));
        return 0;
    case ["export", string folder, string output]:
        Lesson.Export(folder, output);
        return 0;
    case ["adapters", string model, .. string[] names]:
        Styles.Write(model, names);
        return 0;
    case ["lengths", string model, string set]:
        Lengths.Write(model, set);
        return 0;
    case ["heldout", string sets]:
        return HeldOutSets.Check(sets, Console.Out) ? 0 : 1;
    default:
        Console.Error.WriteLine("prepare DIR          write corpus, tokenizer and untrained model\ntrain DIR [THREADS]  train, or go on where a run was stopped\nexport DIR OUTPUT    write the trained model\nadapters MODEL [NAME…]  train the adapters over it, or those of these names\nlengths MODEL SET    write the eval set of the length experiment\nheldout SETS         does training hold a sample of the eval sets in this folder?");
        return 2;
}
